using Xunit;
using static TorchSharp.torch;

namespace VampNet.Testing;

/// <summary>Golden arrays as tensors, and tensors against golden arrays.</summary>
public static class GoldenTensors
{
    /// <summary>Suggested by the reference: absolute, for logits and what leads to them.</summary>
    public const double LogitTolerance = 1e-4;

    /// <summary>Suggested by the reference: absolute, for audio.</summary>
    public const double AudioTolerance = 2e-4;

    /// <summary>float32 or int64, as in the file.</summary>
    public static Tensor Tensor(string name)
    {
        var golden = Goldens.Array(name);
        var shape = Array.ConvertAll(golden.Shape, d => (long)d);
        using var frozen = no_grad();
        using var flat = golden.IsFloat ? tensor(golden.Floats) : tensor(golden.Longs);
        return flat.reshape(shape).clone();
    }

    /// <summary>Same shape, and every element within the tolerance.</summary>
    public static void AssertClose(string name, Tensor actual, double tolerance)
    {
        var golden = Goldens.Array(name);
        Assert.Equal(Array.ConvertAll(golden.Shape, d => (long)d), actual.shape);
        AssertClose(name, golden.Floats, Values(actual), tolerance);
    }

    public static void AssertClose(string name, ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (worst, at) = (-1.0, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            var distance = expected[i] == actual[i] ? 0 : Math.Abs((double)expected[i] - actual[i]); // equal infinities are equal
            if (!(distance <= worst))
                (worst, at) = (distance, i);
        }
        Assert.True(
            worst <= tolerance,
            $"{name}: element {at} is {actual[at]}, expected {expected[at]}; off by {worst:g3}, allowed {tolerance:g3}");
    }

    /// <summary>The elements of a float32 tensor in C order.</summary>
    public static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>The elements of an int64 tensor in C order.</summary>
    public static long[] Integers(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.cpu().contiguous().data<long>().ToArray();
    }
}
