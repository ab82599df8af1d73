using System.Diagnostics;

namespace VampNet.Benchmarks;

/// <summary>Times of the same work, in seconds.</summary>
internal sealed record Timing(string Name, IReadOnlyList<double> Seconds)
{
    public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);

    public double Fastest => Seconds.Min();

    public double Slowest => Seconds.Max();

    /// <summary>Runs work once unmeasured, then <paramref name="runs"/> times; the last result comes back.</summary>
    public static (Timing Timing, T Result) Measure<T>(string name, int runs, Func<T> work)
    {
        var result = work();
        var seconds = new double[runs];
        for (var run = 0; run < runs; run++)
        {
            var start = Stopwatch.GetTimestamp();
            result = work();
            seconds[run] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        return (new Timing(name, seconds), result);
    }
}
