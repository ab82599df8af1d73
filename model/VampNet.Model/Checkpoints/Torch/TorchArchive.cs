using System.IO.Compression;
using System.IO.Hashing;

namespace VampNet.Model.Checkpoints.Torch;

/// <summary>
/// The zip that torch.save and torch.package write: one folder, every entry STORED. Nothing is inflated, and no entry
/// is larger than the file.
/// </summary>
internal sealed class TorchArchive : IDisposable
{
    private const long MaxPickleBytes = 4 << 20;

    private readonly string _file;
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];

    private TorchArchive(string file, ZipArchive zip, long length)
    {
        (_file, _zip, Length) = (file, zip, length);
        long total = 0;
        foreach (var entry in zip.Entries)
        {
            if (entry.CompressedLength != entry.Length)
                throw new CheckpointException(file, $"entry '{entry.FullName}' is compressed, which torch never does");
            total += entry.Length;
            if (entry.Length > length || total > length)
                throw new CheckpointException(file, $"entry '{entry.FullName}' claims {entry.Length} bytes, more than the file has");
            var slash = entry.FullName.IndexOf('/');
            if (!_entries.TryAdd(entry.FullName[(slash + 1)..], entry))
                throw new CheckpointException(file, $"entry '{entry.FullName}' is there twice");
        }
    }

    /// <summary>Bytes of the whole file.</summary>
    public long Length { get; }

    /// <summary>Entry names, without the outer folder.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    public bool Has(string name) => _entries.ContainsKey(name);

    /// <exception cref="CheckpointException">not a zip of this kind</exception>
    public static TorchArchive Open(Stream stream, string file)
    {
        try
        {
            return new TorchArchive(file, new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true), stream.Length);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw new CheckpointException(file, "not a checkpoint: no readable zip (files of PyTorch before 1.6 must be saved again)", e);
        }
    }

    public byte[] ReadPickle(string name) =>
        _entries.TryGetValue(name, out var entry) && entry.Length > MaxPickleBytes
            ? throw new CheckpointException(
                _file, $"entry '{name}' has {entry.Length} bytes; a description of weights has at most {MaxPickleBytes}")
            : Read(name);

    /// <summary>One whole entry, checked against its CRC-32.</summary>
    /// <param name="tensor">the tensor that needs it, for messages</param>
    public byte[] Read(string name, string? tensor = null)
    {
        if (!_entries.TryGetValue(name, out var entry))
            throw Bad("is missing");
        if (entry.Length > Array.MaxLength)
            throw Bad("is larger than 2 GiB");
        var data = new byte[entry.Length];
        try
        {
            using var stream = entry.Open();
            stream.ReadExactly(data);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            throw Bad($"cannot be read: {e.Message}", e);
        }
        return Crc32.HashToUInt32(data) == entry.Crc32 ? data : throw Bad($"is damaged: its CRC-32 is not {entry.Crc32:x8}");

        CheckpointException Bad(string problem, Exception? inner = null) =>
            new(_file, $"{(tensor is null ? "" : $"tensor '{tensor}': ")}entry '{name}' {problem}", inner);
    }

    public void Dispose() => _zip.Dispose();

    /// <summary>What System.IO.Compression throws for files that are not what they should be.</summary>
    private static bool IsUnreadable(Exception e) =>
        e is IOException or InvalidDataException or NotSupportedException or ArgumentException or OverflowException;
}
