using System.Buffers;
using System.Text;

namespace Grpc.Core;

public sealed partial class Metadata
{
    // What the HTTP/2 mapping of gRPC allows in a header name.
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>One header: a lower-case key, and text or (key ends in "-bin") bytes.</summary>
    public class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        public Entry(string key, byte[] valueBytes)
        {
            ArgumentNullException.ThrowIfNull(valueBytes);
            Key = Normalized(key);
            if (!IsBinary)
                throw new ArgumentException($"Key for binary valued metadata entry needs to have suffix indicating binary value: {key}", nameof(key));
            _bytes = (byte[])valueBytes.Clone();
        }

        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Normalized(key);
            if (IsBinary)
                throw new ArgumentException($"Key for ASCII valued metadata entry cannot have suffix indicating binary value: {key}", nameof(key));
            _text = value;
        }

        public string Key { get; }

        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        public byte[] ValueBytes => _bytes is null ? Encoding.ASCII.GetBytes(_text!) : (byte[])_bytes.Clone();

        public string Value => _text ?? throw new InvalidOperationException("Cannot access string value of a binary metadata entry");

        public override string ToString() => _text is null ? $"[Entry: key={Key}, valueBytes={_bytes!.Length} bytes]" : $"[Entry: key={Key}, value={_text}]";

        private static string Normalized(string key)
        {
            ArgumentNullException.ThrowIfNull(key);
            var lower = key.ToLowerInvariant();
            if (lower.Length == 0 || lower.AsSpan().ContainsAnyExcept(KeyCharacters))
                throw new ArgumentException($"Metadata entry key not valid: '{key}'. Keys can only contain lowercase alphanumeric characters, underscores, hyphens and dots.", nameof(key));
            return lower;
        }
    }
}
