using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace VampNet.Model.Checkpoints;

/// <summary>A tensor as it is stored: type, shape, and the elements in C order, little endian; in memory, or still in its file.</summary>
public sealed class RawTensor
{
    private readonly long[] _shape;
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly Action<Span<byte>>? _read;

    /// <exception cref="ArgumentException">the size of <paramref name="data"/> is not that of the shape</exception>
    public RawTensor(ElementType type, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> data)
    {
        if (type.ByteCount(shape) != data.Length)
            throw new ArgumentException($"{type} ({string.Join(", ", shape.ToArray())}) does not take {data.Length} bytes", nameof(data));
        (Type, _shape, _memory, ByteCount) = (type, shape.ToArray(), data, data.Length);
    }

    /// <param name="read">reads all elements from the file; may be called any number of times, as long as the tensor lives</param>
    internal RawTensor(ElementType type, ReadOnlySpan<long> shape, int byteCount, Action<Span<byte>> read) =>
        (Type, _shape, ByteCount, _read) = (type, shape.ToArray(), byteCount, read);

    public ElementType Type { get; }

    public ReadOnlySpan<long> Shape => _shape;

    public long[] ShapeArray() => [.. _shape];

    public int ByteCount { get; }

    /// <summary>The elements; where they are still in the file, every call reads them.</summary>
    public ReadOnlyMemory<byte> Data
    {
        get
        {
            if (_read is null)
                return _memory;
            var data = new byte[ByteCount];
            _read(data);
            return data;
        }
    }

    /// <summary>Number of elements.</summary>
    public int Count => ByteCount / Type.Size();

    /// <summary>Copies the elements, from the file straight to where they are wanted.</summary>
    /// <param name="destination">of <see cref="ByteCount"/> bytes</param>
    public void CopyTo(Span<byte> destination)
    {
        if (_read is null)
            _memory.Span.CopyTo(destination);
        else
            _read(destination);
    }

    /// <summary>A float32 tensor.</summary>
    public static RawTensor FromFloats(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        new(ElementType.F32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>The elements as float32; F64 is rounded, integers and flags are converted.</summary>
    public float[] ToFloats()
    {
        var bytes = Data.Span;
        var values = new float[Count];
        switch (Type)
        {
            case ElementType.F32:
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
                break;
            case ElementType.BF16: // the upper half of a float32
                for (var i = 0; i < values.Length; i++)
                    values[i] = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16);
                break;
            case ElementType.F16:
                Convert(MemoryMarshal.Cast<byte, Half>(bytes), values, v => (float)v);
                break;
            case ElementType.F64:
                Convert(MemoryMarshal.Cast<byte, double>(bytes), values, v => (float)v);
                break;
            case ElementType.I64:
                Convert(MemoryMarshal.Cast<byte, long>(bytes), values, v => v);
                break;
            case ElementType.I32:
                Convert(MemoryMarshal.Cast<byte, int>(bytes), values, v => v);
                break;
            case ElementType.I16:
                Convert(MemoryMarshal.Cast<byte, short>(bytes), values, v => v);
                break;
            case ElementType.I8:
                Convert(MemoryMarshal.Cast<byte, sbyte>(bytes), values, v => v);
                break;
            default:
                Convert(bytes, values, v => v);
                break;
        }
        return values;
    }

    public override string ToString() => $"{Type} ({string.Join(", ", _shape)})";

    private static void Convert<T>(ReadOnlySpan<T> from, Span<float> to, Func<T, float> convert)
    {
        for (var i = 0; i < to.Length; i++)
            to[i] = convert(from[i]);
    }
}

/// <summary>Element types of stored tensors, under the names that safetensors uses.</summary>
public enum ElementType
{
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    BOOL,
}

public static class ElementTypes
{
    /// <summary>Bytes an element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.F64 or ElementType.I64 => 8,
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.F16 or ElementType.BF16 or ElementType.I16 => 2,
        _ => 1,
    };

    /// <summary>Bytes of a tensor of this shape; null where that is not a size at all (negative, or beyond 63 bits).</summary>
    public static long? ByteCount(this ElementType type, ReadOnlySpan<long> shape)
    {
        long bytes = type.Size();
        foreach (var length in shape)
        {
            if (length < 0)
                return null;
            if (Math.BigMul(bytes, length, out var low) != 0 || low < 0)
                return null;
            bytes = low;
        }
        return bytes;
    }
}
