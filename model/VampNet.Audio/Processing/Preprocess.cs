namespace VampNet.Audio.Processing;

/// <summary>The loudness that codecs expect (paper 3.1; the public reference's Interface._preprocess).</summary>
public static class Preprocess
{
    /// <summary>Loudness of everything that was trained on, in LUFS.</summary>
    public const double TargetLoudness = -24;

    /// <summary>
    /// What brings audio to a loudness, or its peak to 1 where that is less, in dB; near silence is
    /// raised by 46 dB at most.
    /// </summary>
    /// <param name="loudness">of the audio, in LUFS</param>
    /// <param name="peak">largest absolute sample</param>
    /// <param name="target">in LUFS</param>
    public static double GainDb(double loudness, float peak, double target = TargetLoudness) =>
        Math.Min(target - loudness, peak > 0 ? -20 * Math.Log10(peak) : double.PositiveInfinity);
}
