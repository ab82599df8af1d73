using System.IO.Compression;
using System.Text;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>Writes pickles opcode by opcode, and the zip around them, to build files that PyTorch would not write.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> _bytes = [0x80, 2];

    public PickleWriter Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleWriter Op(string opcodes) => Raw(Encoding.Latin1.GetBytes(opcodes));

    public PickleWriter Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Op("X").Raw(BitConverter.GetBytes(utf8.Length)).Raw(utf8);
    }

    public PickleWriter Int(int value) => Op("J").Raw(BitConverter.GetBytes(value));

    public PickleWriter Long(long value) => Raw(0x8a, 8).Raw(BitConverter.GetBytes(value));

    public PickleWriter Global(string module, string name) => Op($"c{module}\n{name}\n");

    public PickleWriter Tuple(params long[] values)
    {
        Op("(");
        foreach (var value in values)
            Long(value);
        return Op("t");
    }

    /// <summary>A float32 view of storage "0".</summary>
    public PickleWriter Tensor(long storageCount, long offset, long[] shape, long[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op("(");
        Op("(").Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Long(storageCount).Op("tQ");
        return Long(offset).Tuple(shape).Tuple(strides).Raw(0x89).Global("collections", "OrderedDict").Op(")RtR");
    }

    public byte[] Pickle() => [.. _bytes, (byte)'.'];

    /// <summary>The pickle as data.pkl, beside one storage "0".</summary>
    public MemoryStream Checkpoint(byte[]? storage = null) => Zip(("x/data.pkl", Pickle()), ("x/data/0", storage ?? new byte[16]));

    public static MemoryStream Zip(params (string Name, byte[] Data)[] entries) => Zip(CompressionLevel.NoCompression, entries);

    public static MemoryStream Zip(CompressionLevel level, params (string Name, byte[] Data)[] entries)
    {
        var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, data) in entries)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(data);
            }
        }
        file.Position = 0;
        return file;
    }

    /// <summary>All entries of a zip, to change some and <see cref="Zip(ValueTuple{string, byte[]}[])"/> again.</summary>
    public static (string Name, byte[] Data)[] Unzip(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return [.. zip.Entries.Select(e =>
        {
            using var stream = e.Open();
            var data = new byte[e.Length];
            stream.ReadExactly(data);
            return (e.FullName, data);
        })];
    }
}
