namespace VampNet.Benchmarks.Load;

/// <summary>What a server did in one go.</summary>
/// <param name="Elapsed">seconds from the first arrival to the last answer</param>
/// <param name="Latencies">in seconds, one a request: from the moment that it was to arrive, whatever kept it, to its whole answer</param>
/// <param name="MusicSeconds">of all requests</param>
/// <param name="Tokens">of all answers, in the order of the requests: a digest</param>
internal sealed record Measurement(Variant Variant, double Elapsed, IReadOnlyList<double> Latencies, double MusicSeconds, string Tokens)
{
    /// <summary>Answers a second.</summary>
    public double Throughput => Latencies.Count / Elapsed;

    /// <summary>Several goes of the same kind as one.</summary>
    public static Measurement Sum(IReadOnlyList<Measurement> goes) => goes[0] with
    {
        Elapsed = goes.Sum(go => go.Elapsed),
        Latencies = [.. goes.SelectMany(go => go.Latencies)],
        MusicSeconds = goes.Sum(go => go.MusicSeconds),
    };

    /// <summary>The latency that this share of the requests does not exceed.</summary>
    public double Quantile(double share) => Latencies.Order().ElementAt((int)Math.Ceiling(share * Latencies.Count) - 1);
}
