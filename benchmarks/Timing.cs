using System.Diagnostics;

namespace VampNet.Benchmarks;

/// <summary>Times of the same work, in seconds.</summary>
/// <param name="Seconds">by the clock</param>
/// <param name="Processor">of all cores together: what other programs do hardly changes it</param>
internal sealed record Timing(string Name, IReadOnlyList<double> Seconds, IReadOnlyList<double> Processor)
{
    public double Median => Middle(Seconds);

    public double Fastest => Seconds.Min();

    public double Slowest => Seconds.Max();

    public double MedianProcessor => Middle(Processor);

    /// <summary>Runs work once unmeasured, then <paramref name="runs"/> times; the last result comes back.</summary>
    public static (Timing Timing, T Result) Measure<T>(string name, int runs, Func<T> work)
    {
        var (timing, result) = MeasureAsync(name, runs, () => Task.FromResult(work())).GetAwaiter().GetResult();
        return (timing, result);
    }

    /// <inheritdoc cref="Measure"/>
    public static async Task<(Timing Timing, T Result)> MeasureAsync<T>(string name, int runs, Func<Task<T>> work)
    {
        var result = await work();
        var (seconds, processor) = (new double[runs], new double[runs]);
        for (var run = 0; run < runs; run++)
        {
            var (start, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            result = await work();
            seconds[run] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            processor[run] = (Environment.CpuUsage.TotalTime - used).TotalSeconds;
        }
        return (new Timing(name, seconds, processor), result);
    }

    private static double Middle(IReadOnlyList<double> values) => values.Order().ElementAt(values.Count / 2);
}
