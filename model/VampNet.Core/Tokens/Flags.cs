using System.Numerics;
using System.Runtime.InteropServices;

namespace VampNet.Core.Tokens;

/// <summary>Many flags at once: masks of ten minutes have half a million.</summary>
internal static class Flags
{
    /// <param name="into">changed</param>
    /// <param name="others">as many</param>
    public delegate void Operation(Span<bool> into, ReadOnlySpan<bool> others);

    public static void And(Span<bool> into, ReadOnlySpan<bool> others)
    {
        var wide = Wide(into);
        var wideOthers = Wide(others);
        for (var i = 0; i < wide.Length; i++)
            wide[i] &= wideOthers[i];
        for (var i = wide.Length * Vector<byte>.Count; i < into.Length; i++)
            into[i] &= others[i];
    }

    /// <inheritdoc cref="Operation"/>
    public static void Or(Span<bool> into, ReadOnlySpan<bool> others)
    {
        var wide = Wide(into);
        var wideOthers = Wide(others);
        for (var i = 0; i < wide.Length; i++)
            wide[i] |= wideOthers[i];
        for (var i = wide.Length * Vector<byte>.Count; i < into.Length; i++)
            into[i] |= others[i];
    }

    private static Span<Vector<byte>> Wide(Span<bool> flags) => MemoryMarshal.Cast<bool, Vector<byte>>(flags);

    private static ReadOnlySpan<Vector<byte>> Wide(ReadOnlySpan<bool> flags) => MemoryMarshal.Cast<bool, Vector<byte>>(flags);
}
