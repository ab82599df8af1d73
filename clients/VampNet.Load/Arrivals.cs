namespace VampNet.Load;

/// <summary>When calls are to be made, whatever becomes of those before: times since the start, ascending, without end.</summary>
public static class Arrivals
{
    /// <summary>Callers who do not know of each other: a Poisson process.</summary>
    /// <param name="rate">Calls a second on average, above 0.</param>
    /// <param name="seed">The same seed gives the same times.</param>
    public static IEnumerable<TimeSpan> Poisson(double rate, int seed)
    {
        var random = new Random(seed);
        for (var seconds = 0.0; ;)
        {
            seconds += -Math.Log(1 - random.NextDouble()) / rate;
            yield return TimeSpan.FromSeconds(seconds);
        }
    }

    /// <summary>One caller with a clock.</summary>
    /// <param name="rate">Calls a second, above 0.</param>
    public static IEnumerable<TimeSpan> Constant(double rate)
    {
        for (var number = 0L; ; number++)
            yield return TimeSpan.FromSeconds(number / rate);
    }
}
