using System.Diagnostics;
using static TorchSharp.torch;

namespace VampNet.Benchmarks;

/// <summary>The most operations a second that this machine did in this run, of the kinds that networks consist of.</summary>
/// <param name="Float32">of a large product</param>
/// <param name="Bfloat16">of the same in bfloat16</param>
/// <param name="Convolution">of a wide convolution in float32</param>
internal sealed record Ceilings(double Float32, double Bfloat16, double Convolution)
{
    private const int Rows = 1024, Width = 2048, Channels = 512, Kernel = 7, Repeats = 9;

    public static Ceilings Measure()
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        Tensor x = randn(Rows, Width), weight = randn(Width, Width), halfX = x.to(bfloat16), halfWeight = weight.to(bfloat16);
        Tensor signal = randn(1, Channels, Rows), kernel = randn(Channels, Channels, Kernel);
        return new Ceilings(
            Rate(2.0 * Rows * Width * Width, () => nn.functional.linear(x, weight)),
            Rate(2.0 * Rows * Width * Width, () => nn.functional.linear(halfX, halfWeight)),
            Rate(2.0 * Rows * Channels * Channels * Kernel, () => nn.functional.conv1d(signal, kernel, padding: Kernel / 2)));
    }

    private static double Rate(double operations, Func<Tensor> work)
    {
        var fastest = double.MaxValue;
        for (var i = 0; i < Repeats; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var result = work();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return operations / fastest;
    }
}
