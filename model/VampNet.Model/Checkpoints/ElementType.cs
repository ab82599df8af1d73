namespace VampNet.Model.Checkpoints;

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
