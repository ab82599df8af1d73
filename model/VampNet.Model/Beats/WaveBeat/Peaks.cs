namespace VampNet.Model.Beats.WaveBeat;

/// <summary>Local maxima of a curve, picked as scipy.signal.find_peaks documents it for <c>height</c> and <c>distance</c>.</summary>
internal static class Peaks
{
    /// <summary>Indices of the peaks, ascending.</summary>
    /// <param name="height">least value of a peak</param>
    /// <param name="distance">least samples between two peaks; of two that are closer the smaller goes, the smallest of all first</param>
    public static int[] Find(ReadOnlySpan<float> curve, double height, double distance)
    {
        var peaks = new List<int>();
        foreach (var peak in Maxima(curve))
        {
            if (curve[peak] >= height)
                peaks.Add(peak);
        }
        return Thin(peaks, curve, (int)Math.Ceiling(distance));
    }

    /// <summary>Samples above both neighbours, and the middle, rounded down, of plateaus that fall off on both sides.</summary>
    private static List<int> Maxima(ReadOnlySpan<float> curve)
    {
        var maxima = new List<int>();
        for (var left = 1; left < curve.Length - 1; left++)
        {
            if (!(curve[left - 1] < curve[left]))
                continue;
            var right = left;
            while (right < curve.Length - 1 && curve[right + 1] == curve[left])
                right++;
            if (right < curve.Length - 1 && curve[right + 1] < curve[left])
                maxima.Add((left + right) / 2);
            left = right;
        }
        return maxima;
    }

    private static int[] Thin(List<int> peaks, ReadOnlySpan<float> curve, int distance)
    {
        var heights = new float[peaks.Count];
        for (var i = 0; i < heights.Length; i++)
            heights[i] = curve[peaks[i]];
        var isKept = new bool[peaks.Count];
        Array.Fill(isKept, true);

        // From the highest down, each that is still there clears its surroundings.
        foreach (var at in Enumerable.Range(0, peaks.Count).OrderByDescending(i => heights[i]).ThenByDescending(i => i))
        {
            if (!isKept[at])
                continue;
            for (var i = at - 1; i >= 0 && peaks[at] - peaks[i] < distance; i--)
                isKept[i] = false;
            for (var i = at + 1; i < peaks.Count && peaks[i] - peaks[at] < distance; i++)
                isKept[i] = false;
        }
        return [.. peaks.Where((_, i) => isKept[i])];
    }
}
