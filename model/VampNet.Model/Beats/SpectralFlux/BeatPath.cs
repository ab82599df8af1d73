namespace VampNet.Model.Beats.SpectralFlux;

/// <summary>
/// The best chain of beats by dynamic programming (Ellis 2007, section 4): strong onsets, spaced close to one period.
/// </summary>
internal static class BeatPath
{
    private const double Tightness = 100;

    /// <summary>Frames of the beats, ascending.</summary>
    /// <param name="onsets">at least 0, with unit deviation</param>
    /// <param name="period">frames a beat</param>
    public static List<int> Find(ReadOnlySpan<float> onsets, double period)
    {
        var (nearest, farthest) = ((int)Math.Round(period / 2), (int)Math.Round(2 * period));
        var penalties = new double[farthest + 1];
        for (var gap = nearest; gap <= farthest; gap++)
        {
            var octaves = Math.Log(gap / period);
            penalties[gap] = Tightness * octaves * octaves;
        }

        var scores = new double[onsets.Length];
        var previous = new int[onsets.Length];
        for (var t = 0; t < onsets.Length; t++)
        {
            // A chain may begin anywhere: 0 stands for no past.
            var (best, from) = (0.0, -1);
            for (var gap = nearest; gap <= farthest && gap <= t; gap++)
            {
                var score = scores[t - gap] - penalties[gap];
                if (score > best)
                    (best, from) = (score, t - gap);
            }
            (scores[t], previous[t]) = (onsets[t] + best, from);
        }

        var beats = new List<int>();
        for (var t = LastBeat(scores, farthest); t >= 0; t = previous[t])
            beats.Add(t);
        beats.Reverse();
        return beats;
    }

    /// <summary>The best end of a chain within the last stretch: later ends have collected more.</summary>
    private static int LastBeat(double[] scores, int stretch)
    {
        var last = scores.Length - 1;
        for (var t = scores.Length - 1; t >= Math.Max(0, scores.Length - stretch); t--)
        {
            if (scores[t] > scores[last])
                last = t;
        }
        return last;
    }
}
