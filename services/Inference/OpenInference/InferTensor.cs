using System.Buffers.Binary;
using VampNet.Core;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>Types of elements, by their names in the protocol; both take four bytes, little-endian.</summary>
public static class ElementTypes
{
    /// <summary>32-bit floats.</summary>
    public const string Floats = "FP32";

    /// <summary>32-bit integers.</summary>
    public const string Integers = "INT32";

    /// <summary>Bytes of an element of either.</summary>
    internal const int Bytes = 4;
}

/// <summary>A tensor in the signature of a model.</summary>
/// <param name="Name">The name of the tensor.</param>
/// <param name="Type">One of <see cref="ElementTypes"/>.</param>
/// <param name="Shape">The dimensions; <see cref="Any"/> where any size will do.</param>
public sealed record TensorSpec(string Name, string Type, params IReadOnlyList<long> Shape)
{
    /// <summary>A dimension of any size.</summary>
    public const long Any = -1;
}

/// <summary>A tensor of a request or of its answer.</summary>
/// <param name="Name">The name of the tensor.</param>
/// <param name="Type">One of <see cref="ElementTypes"/>.</param>
/// <param name="Shape">The dimensions.</param>
/// <param name="Data">The elements, row after row.</param>
public sealed record InferTensor(string Name, string Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>A tensor of 32-bit floats.</summary>
    public static InferTensor Of(string name, ReadOnlySpan<float> values, params IReadOnlyList<long> shape) =>
        new(name, ElementTypes.Floats, shape, Floats.ToBytes(values));

    /// <summary>A tensor of 32-bit integers.</summary>
    public static InferTensor Of(string name, ReadOnlySpan<int> values, params IReadOnlyList<long> shape)
    {
        var bytes = new byte[values.Length * sizeof(int)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * sizeof(int)), values[i]);
        return new(name, ElementTypes.Integers, shape, bytes);
    }

    /// <summary>The elements of a tensor of integers.</summary>
    public int[] Integers()
    {
        var values = new int[Data.Length / sizeof(int)];
        for (var i = 0; i < values.Length; i++)
            values[i] = BinaryPrimitives.ReadInt32LittleEndian(Data.Span[(i * sizeof(int))..]);
        return values;
    }
}
