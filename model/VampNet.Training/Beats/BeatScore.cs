namespace VampNet.Training.Beats;

/// <summary>The usual measure of beat tracking: F of precision and recall, a beat counting within 70 ms.</summary>
internal static class BeatScore
{
    private const double Tolerance = 0.07;
    private const double SettlingSeconds = 5;

    /// <summary>Without the first seconds, in which trackers that follow the music may settle (as MIREX and mir_eval have it).</summary>
    public static double TrimmedF(IReadOnlyList<double> expected, IReadOnlyList<double> found) =>
        F([.. expected.Where(time => time >= SettlingSeconds)], [.. found.Where(time => time >= SettlingSeconds)]);

    public static double F(IReadOnlyList<double> expected, IReadOnlyList<double> found)
    {
        if (expected.Count == 0 || found.Count == 0)
            return expected.Count == found.Count ? 1 : 0;
        var open = expected.ToList();
        var hits = 0;
        foreach (var time in found)
        {
            var nearest = open.FindIndex(e => Math.Abs(e - time) <= Tolerance);
            if (nearest < 0)
                continue;
            open.RemoveAt(nearest);
            hits++;
        }
        return 2.0 * hits / (expected.Count + found.Count);
    }
}
