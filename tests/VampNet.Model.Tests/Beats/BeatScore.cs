namespace VampNet.Model.Tests.Beats;

/// <summary>The usual measure of beat tracking: F of precision and recall, a beat counting within 70 ms.</summary>
internal static class BeatScore
{
    private const double Tolerance = 0.07;

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
