using System.Buffers.Binary;
using System.IO.Hashing;
using VampNet.Core;

namespace VampNet.Model.Checkpoints;

/// <summary>
/// The safetensors format: 8 bytes of header length, a JSON header, then the tensors back to back
/// (https://github.com/huggingface/safetensors). Files written here also carry a CRC-32 a tensor in their metadata,
/// so that a damaged one can be named.
/// </summary>
public static class Safetensors
{
    /// <summary>No header of ours comes near; the format itself allows 100 MB.</summary>
    private const long MaxHeaderBytes = 16 << 20;

    private const int Alignment = 8;

    /// <summary>Reads a file; its tensors stay in it until they are asked for.</summary>
    /// <param name="verify">check the CRC-32 of every tensor that has one; not needed where the file's hash was checked</param>
    /// <exception cref="CheckpointException">missing, malformed or damaged; the message names file and tensor</exception>
    public static TensorTable Read(string path, bool verify = true) => CheckpointFile.Open(path, file => Read(file, verify));

    /// <inheritdoc cref="Read(string, bool)"/>
    internal static TensorTable Read(CheckpointFile file, bool verify) => Read(
        file.Length,
        file.Read,
        file.Path,
        verify,
        (entry, offset) => new RawTensor(entry.Type, entry.Shape, (int)(entry.End - entry.Begin), into => file.Read(offset, into)));

    /// <summary>Reads a whole file from a stream that can seek.</summary>
    /// <param name="source">what to call it in messages</param>
    /// <exception cref="CheckpointException">as for a path</exception>
    public static TensorTable Read(Stream file, string source)
    {
        return Read(file.Length, ReadAt, source, verify: true, (entry, offset) =>
        {
            var data = new byte[entry.End - entry.Begin];
            ReadAt(offset, data);
            return new RawTensor(entry.Type, entry.Shape, data);
        });

        void ReadAt(long offset, Span<byte> into)
        {
            file.Position = offset;
            file.ReadExactly(into);
        }
    }

    private static TensorTable Read(
        long length,
        Action<long, Span<byte>> read,
        string source,
        bool verify,
        Func<SafetensorsHeader.Entry, long, RawTensor> open)
    {
        var prefix = new byte[sizeof(ulong)];
        if (length < prefix.Length)
            throw new CheckpointException(source, "not a safetensors file: shorter than 8 bytes");
        read(0, prefix);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)Math.Min(MaxHeaderBytes, length - prefix.Length))
            throw new CheckpointException(source, $"not a safetensors file: a header of {headerLength} bytes in a file of {length}");
        var json = new byte[headerLength];
        read(prefix.Length, json);

        var start = prefix.Length + json.Length;
        var header = SafetensorsHeader.Parse(json, source);
        header.CheckLayout(length - start, source);
        var tensors = new OrderedDictionary<string, RawTensor>(header.Entries.Count);
        foreach (var entry in header.Entries) // in the order of the bytes
        {
            if (entry.End - entry.Begin > Array.MaxLength)
                throw new CheckpointException(source, $"tensor '{entry.Name}' is larger than 2 GiB");
            var tensor = open(entry, start + entry.Begin);
            if (verify && header.Checksums.TryGetValue(entry.Name, out var expected) && Crc32.HashToUInt32(tensor.Data.Span) != expected)
                throw new CheckpointException(source, $"tensor '{entry.Name}' is damaged: its CRC-32 is not {expected:x8}");
            tensors.Add(entry.Name, tensor);
        }
        return new TensorTable(source, tensors, header.Metadata);
    }

    /// <summary>Writes a file, complete or not at all.</summary>
    public static void Write(string path, TensorTable table) => AtomicFile.Write(path, file => Write(file, table));

    /// <summary>Writes to a stream: wide elements first, so that every tensor lies aligned, then by name.</summary>
    public static void Write(Stream file, TensorTable table)
    {
        var ordered = table.Tensors.OrderByDescending(t => t.Value.Type.Size()).ThenBy(t => t.Key, StringComparer.Ordinal).ToArray();
        var header = SafetensorsHeader.Format(ordered, table.Metadata);
        var padding = (Alignment - (header.Length % Alignment)) % Alignment;
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)(header.Length + padding));
        file.Write(prefix);
        file.Write(header);
        file.Write("       "u8[..padding]);
        foreach (var (_, tensor) in ordered)
            file.Write(tensor.Data.Span);
    }
}
