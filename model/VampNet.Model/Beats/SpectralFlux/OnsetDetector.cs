using NAudio.Wave;

namespace VampNet.Model.Beats.SpectralFlux;

/// <summary>
/// Onsets: peaks of the <see cref="OnsetStrength"/>, picked as librosa's onset_detect documents it (Böck, Krebs and
/// Schedl 2012) and moved back to where the rise began. Runs on any thread.
/// </summary>
public static class OnsetDetector
{
    // Seconds, and a share of the strongest onset: librosa's documented defaults.
    private const double MaximumBefore = 0.03;
    private const double MeanReach = 0.10;
    private const double ShortestGap = 0.03;
    private const float Threshold = 0.07f;

    /// <summary>Times in seconds, ascending.</summary>
    /// <param name="audio">mono, at least 1 kHz; read once</param>
    public static double[] Detect(ISampleProvider audio)
    {
        var strength = OnsetStrength.Of(audio.Checked());
        return [
            .. Pick(strength.Flux, strength.FrameRate).Select(t => Backtrack(strength.Flux, t)).Distinct()
            .Select(t => t / strength.FrameRate)];
    }

    /// <summary>
    /// Frames that are the largest of their past and clearly above their surroundings, no two closer than the
    /// shortest gap.
    /// </summary>
    /// <param name="strength">at least 0, one value a frame</param>
    internal static IEnumerable<int> Pick(float[] strength, double frameRate)
    {
        var loudest = strength.Max();
        if (loudest == 0)
            yield break;
        var (past, reach, gap) = (Frames(MaximumBefore), Frames(MeanReach), Frames(ShortestGap));
        var last = -gap - 1;
        for (var t = 0; t < strength.Length; t++)
        {
            var isPeak = strength[t] > 0 && strength[t] >= strength[Math.Max(0, t - past)..(t + 1)].Max();
            var surroundings = strength[Math.Max(0, t - reach)..Math.Min(strength.Length, t + reach + 1)];
            if (!isPeak || strength[t] < surroundings.Average() + Threshold * loudest || t - last <= gap)
                continue;
            last = t;
            yield return t;
        }

        int Frames(double seconds) => (int)(seconds * frameRate);
    }

    /// <summary>The nearest frame at or before a peak that is no larger than its neighbours.</summary>
    private static int Backtrack(float[] strength, int peak)
    {
        var t = peak;
        while (t > 0 && strength[t - 1] < strength[t])
            t--;
        return t;
    }
}
