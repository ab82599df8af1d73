namespace VampNet.Simulation.Engine;

/// <summary>A rate of arrivals that may change with time.</summary>
/// <param name="Of">arrivals a second at a time in seconds</param>
/// <param name="Most">that it ever is</param>
internal sealed record ArrivalRate(Func<double, double> Of, double Most)
{
    public static ArrivalRate Constant(double rate) => new(_ => rate, rate);

    /// <summary>Between <paramref name="low"/> and <paramref name="high"/> as a cosine, lowest at the beginning.</summary>
    /// <param name="period">of the curve, in seconds</param>
    public static ArrivalRate Daily(double low, double high, double period) =>
        new(time => low + (high - low) * (1 - Math.Cos(2 * Math.PI * time / period)) / 2, high);

    /// <summary>Another rate for a while.</summary>
    public ArrivalRate WithBurst(double from, double to, double rate) =>
        new(time => time >= from && time < to ? rate : Of(time), Math.Max(Most, rate));

    /// <summary>A Poisson process of this rate (thinning, Lewis and Shedler 1979): moments in seconds.</summary>
    /// <param name="end">before which all of them are</param>
    public IEnumerable<double> Draw(Random random, double end)
    {
        for (var time = 0.0; ;)
        {
            time += -Math.Log(1 - random.NextDouble()) / Most;
            if (time >= end)
                yield break;
            if (random.NextDouble() * Most < Of(time))
                yield return time;
        }
    }
}
