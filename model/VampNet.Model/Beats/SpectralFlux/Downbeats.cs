namespace VampNet.Model.Beats.SpectralFlux;

/// <summary>
/// Which beats start a bar of four: those where bass and everything else set in most. Says nothing where the four
/// candidates do not differ beyond chance.
/// </summary>
internal static class Downbeats
{
    private const int BeatsPerBar = 4;
    private const int FewestBars = 3;

    /// <summary>Standard errors by which the best candidate must lead the next.</summary>
    private const double Certainty = 2.5;

    /// <summary>The downbeats among the beats; empty where unclear.</summary>
    /// <param name="beats">frames</param>
    /// <param name="bass">rise of the bass, one value a frame</param>
    /// <param name="onsets">rise of everything, with unit deviation</param>
    public static IEnumerable<int> Of(List<int> beats, float[] bass, float[] onsets)
    {
        if (beats.Count < BeatsPerBar * FewestBars)
            return [];
        var low = Accents(beats, bass);
        var all = Accents(beats, onsets);
        var accents = low.Zip(all, (a, b) => 2 * a + b).ToArray();
        var phases = Enumerable.Range(0, BeatsPerBar)
            .Select(phase => (Phase: phase, Stats: Statistics([.. accents.Where((_, i) => i % BeatsPerBar == phase)])))
            .OrderByDescending(candidate => candidate.Stats.Mean).ToArray();
        var (best, next) = (phases[0], phases[1]);
        var error = Math.Sqrt(best.Stats.SquaredError + next.Stats.SquaredError);
        return best.Stats.Mean - next.Stats.Mean > Certainty * error
            ? beats.Where((_, i) => i % BeatsPerBar == best.Phase)
            : [];
    }

    /// <summary>Strength of each beat, with zero mean and unit deviation over the beats.</summary>
    private static double[] Accents(List<int> beats, float[] curve)
    {
        var peaks = beats.Select(beat => (double)Curve.PeakAround(curve, beat)).ToArray();
        var mean = peaks.Average();
        var deviation = Math.Sqrt(peaks.Average(p => (p - mean) * (p - mean)));
        return Array.ConvertAll(peaks, p => deviation == 0 ? 0 : (p - mean) / deviation);
    }

    private static (double Mean, double SquaredError) Statistics(double[] values)
    {
        var mean = values.Average();
        return (mean, values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length);
    }
}
