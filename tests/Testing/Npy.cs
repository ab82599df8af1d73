using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace VampNet.Testing;

/// <summary>
/// One array of a NumPy .npy file (format 1.0, C order, little endian): float32, float64, int64, int32, uint8, bool.
/// </summary>
public sealed partial class Npy
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];

    private readonly Array _data;

    private Npy(string name, int[] shape, Array data) => (Name, Shape, _data) = (name, shape, data);

    /// <summary>File name without folder, for messages.</summary>
    public string Name { get; }

    public int[] Shape { get; }

    public int Count => _data.Length;

    /// <summary>The elements in C order as what they are in the file.</summary>
    /// <exception cref="InvalidDataException">the file holds another type</exception>
    public T[] As<T>() where T : unmanaged =>
        _data as T[] ?? throw new InvalidDataException($"{Name} holds {_data.GetType().GetElementType()!.Name}, not {typeof(T).Name}");

    public bool IsFloat => _data is float[];

    public float[] Floats => As<float>();

    public long[] Longs => As<long>();

    /// <summary>The elements as flags: a bool array as it is, integers as "not 0".</summary>
    public bool[] Flags => _data switch
    {
        bool[] flags => flags,
        long[] longs => Array.ConvertAll(longs, v => v != 0),
        byte[] bytes => Array.ConvertAll(bytes, v => v != 0),
        _ => throw new InvalidDataException($"{Name} holds no flags"),
    };

    /// <summary>The elements as tokens.</summary>
    public ushort[] Codes => Array.ConvertAll(Longs, v => checked((ushort)v));

    public static Npy Read(string path) => Read(File.ReadAllBytes(path), Path.GetFileName(path));

    /// <param name="file">all bytes of it</param>
    /// <param name="name">for messages</param>
    public static Npy Read(byte[] file, string name)
    {
        if (file.Length < 10 || !file.AsSpan(0, 8).SequenceEqual(Magic))
            throw new InvalidDataException($"{name} is not a .npy file of version 1.0");
        var headerLength = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
        var match = Header().Match(Encoding.ASCII.GetString(file, 10, headerLength));
        if (!match.Success)
            throw new InvalidDataException($"{name} has a header that is not understood");
        var shape = match.Groups["shape"].Value
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(d => int.Parse(d, CultureInfo.InvariantCulture)).ToArray();
        var body = file.AsSpan(10 + headerLength);
        Array data = match.Groups["type"].Value switch
        {
            "<f4" => MemoryMarshal.Cast<byte, float>(body).ToArray(),
            "<f8" => MemoryMarshal.Cast<byte, double>(body).ToArray(),
            "<i8" => MemoryMarshal.Cast<byte, long>(body).ToArray(),
            "<i4" => MemoryMarshal.Cast<byte, int>(body).ToArray(),
            "|u1" => body.ToArray(),
            "|b1" => MemoryMarshal.Cast<byte, bool>(body).ToArray(),
            var type => throw new InvalidDataException($"{name} holds {type}, which is not read here"),
        };
        if (data.Length != shape.Aggregate(1, (a, b) => a * b))
            throw new InvalidDataException($"{name} holds {data.Length} elements, its shape is ({string.Join(", ", shape)})");
        return new Npy(name, shape, data);
    }

    [GeneratedRegex(@"^\{'descr': '(?<type>[^']+)', 'fortran_order': False, 'shape': \((?<shape>[\d, ]*)\), \}\s*$")]
    private static partial Regex Header();
}
