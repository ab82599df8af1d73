using System.Diagnostics;
using TorchSharp;

namespace VampNet.Cli.Doctor;

/// <summary>What computes: libtorch, its threads, how fast it multiplies, GPUs.</summary>
internal static class ComputeFindings
{
    private const int Size = 768, Rounds = 8;

    // Ten years old machines reach more with one core.
    private const double SlowGigaflops = 5;

    public static IEnumerable<Finding> Look()
    {
        var torch = Finding.Of("libtorch", Torch);
        yield return torch;
        yield return Threads();
        if (torch.State == FindingState.Bad)
            yield break;
        yield return Finding.Of("BLAS", Blas);
        yield return Finding.Of("GPU", Gpu);
    }

    private static Finding Torch()
    {
        using var one = torch.ones(1);
        return Finding.Good("libtorch", torch.__version__);
    }

    private static Finding Threads()
    {
        var (cores, limit) = (Environment.ProcessorCount, Environment.GetEnvironmentVariable("OMP_NUM_THREADS"));
        return int.TryParse(limit, out var threads) && threads < cores
            ? Finding.Warning("threads", $"{threads} of {cores} cores, as OMP_NUM_THREADS says")
            : Finding.Good("threads", $"{cores} cores");
    }

    private static Finding Blas()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (torch.rand(Size, Size), torch.rand(Size, Size));
        a.matmul(b);
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Rounds; i++)
            a.matmul(b);
        var gigaflops = 2.0 * Size * Size * Size * Rounds / Stopwatch.GetElapsedTime(started).TotalSeconds / 1e9;
        var says = $"{gigaflops:0} GFLOP/s in float32 matrix products";
        return gigaflops < SlowGigaflops
            ? Finding.Warning("BLAS", $"{says}: slow; is the machine busy?")
            : Finding.Good("BLAS", says);
    }

    private static Finding Gpu() => torch.cuda.is_available()
        ? Finding.Good("GPU", $"{torch.cuda.device_count()} with CUDA; --device cuda uses the first")
        : Finding.Good("GPU", "none that libtorch can use: models run on the CPU");
}
