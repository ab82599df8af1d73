using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>
/// Arithmetic with numbers, in place of TorchSharp's own. There a number becomes a <see cref="Scalar"/> that nothing keeps alive while
/// native code reads it: a garbage collection at that moment frees it, and the result is an error or a wrong number (TorchSharp pull
/// requests 1434 and 1496). Even the sum of two tensors makes one, its factor of 1. Here each number lives until the call is over.
/// BannedSymbols.txt forbids the others.
/// </summary>
public static class TensorArithmetic
{
    private static readonly Scalar s_one = 1.ToScalar();

    /// <summary>x + y</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, s_one);

    /// <summary>x + y</summary>
    public static Tensor Plus(this Tensor x, double y)
    {
        using var number = y.ToScalar();
        return x.add(number, s_one);
    }

    /// <summary>x + y; integers stay integers.</summary>
    public static Tensor Plus(this Tensor x, long y)
    {
        using var number = y.ToScalar();
        return x.add(number, s_one);
    }

    /// <summary>x − y</summary>
    public static Tensor Minus(this Tensor x, double y) => x.Plus(-y);

    /// <summary>x − y; integers stay integers.</summary>
    public static Tensor Minus(this Tensor x, long y) => x.Plus(-y);

    /// <summary>x · y</summary>
    public static Tensor Times(this Tensor x, double y)
    {
        using var number = y.ToScalar();
        return x.mul(number);
    }

    /// <summary>x · y; integers stay integers.</summary>
    public static Tensor Times(this Tensor x, long y)
    {
        using var number = y.ToScalar();
        return x.mul(number);
    }

    /// <summary>x / y, a real number always</summary>
    public static Tensor Over(this Tensor x, double y)
    {
        using var number = y.ToScalar();
        return x.div(number);
    }

    /// <summary>x²</summary>
    public static Tensor Squared(this Tensor x) => x * x;

    /// <summary>x to the power of y</summary>
    public static Tensor ToPower(this Tensor x, double y)
    {
        using var number = y.ToScalar();
        return x.pow(number);
    }

    /// <summary>x mod y, with the sign of y</summary>
    public static Tensor Modulo(this Tensor x, double y)
    {
        using var number = y.ToScalar();
        return x.remainder(number);
    }

    /// <summary>x mod y, with the sign of y; integers stay integers.</summary>
    public static Tensor Modulo(this Tensor x, long y)
    {
        using var number = y.ToScalar();
        return x.remainder(number);
    }

    /// <summary>The larger of x and a number.</summary>
    public static Tensor AtLeast(this Tensor x, double least)
    {
        using var number = least.ToScalar();
        return x.clamp_min(number);
    }

    /// <summary>The smaller of x and a number.</summary>
    public static Tensor AtMost(this Tensor x, double most)
    {
        using var number = most.ToScalar();
        return x.clamp_max(number);
    }

    /// <summary>The smaller of x and a number; integers stay integers.</summary>
    public static Tensor AtMost(this Tensor x, long most)
    {
        using var number = most.ToScalar();
        return x.clamp_max(number);
    }

    /// <summary>x &gt; y, element by element</summary>
    public static Tensor IsAbove(this Tensor x, double y)
    {
        using var number = y.ToScalar();
        return x.gt(number);
    }

    /// <summary>x ≥ y, element by element</summary>
    public static Tensor IsAtLeast(this Tensor x, long y)
    {
        using var number = y.ToScalar();
        return x.ge(number);
    }

    /// <summary>x ≠ y, element by element</summary>
    public static Tensor IsNot(this Tensor x, long y)
    {
        using var number = y.ToScalar();
        return x.ne(number);
    }

    /// <summary>x &lt; y, element by element</summary>
    public static Tensor IsBelow(this Tensor x, double y)
    {
        using var number = y.ToScalar();
        return x.lt(number);
    }

    /// <summary>x with a number where <paramref name="mask"/> is true.</summary>
    public static Tensor Filled(this Tensor x, Tensor mask, double value)
    {
        using var number = value.ToScalar();
        return x.masked_fill(mask, number);
    }

    /// <summary>Adds in place.</summary>
    public static Tensor Add(this Tensor x, Tensor y) => x.add_(y, s_one);

    /// <summary>Multiplies in place.</summary>
    public static Tensor Scale(this Tensor x, double y)
    {
        using var number = y.ToScalar();
        return x.mul_(number);
    }

    /// <summary>x with the rows of <paramref name="y"/> added at the rows that <paramref name="index"/> names.</summary>
    public static Tensor PlusRows(this Tensor x, Tensor index, Tensor y) => x.index_add(0, index, y, s_one);

    /// <summary>Goes a share of the way to <paramref name="end"/>, in place.</summary>
    public static Tensor Approach(this Tensor x, Tensor end, double share)
    {
        using var number = share.ToScalar();
        return x.Scale(1 - share).add_(end, number);
    }

    /// <summary>0, 1, 2 … below <paramref name="stop"/>.</summary>
    public static Tensor Range(long stop, ScalarType type, Device? device = null)
    {
        using Scalar first = 0L.ToScalar(), end = stop.ToScalar();
        return arange(first, end, s_one, type, device);
    }

    /// <summary>The only element.</summary>
    public static double Number(this Tensor x) => x.detach().to(float64).Elements<double>()[0];

    /// <summary>All elements in C order. (TorchSharp's own way goes through them one by one.)</summary>
    /// <typeparam name="T">that of the tensor</typeparam>
    public static T[] Elements<T>(this Tensor x)
        where T : unmanaged
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, T>(x.cpu().contiguous().bytes).ToArray();
    }
}
