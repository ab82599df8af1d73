namespace VampNet.Audio.Processing;

/// <summary>Integrated loudness of whole audio; <see cref="LoudnessMeter"/> says how it is measured.</summary>
public static class Loudness
{
    /// <summary>The lowest value, which silence has, in LUFS.</summary>
    public const double Silence = -70;

    /// <summary>Integrated loudness in LUFS, at least <see cref="Silence"/>. Audio under 0.5 s is measured with silence after it.</summary>
    public static double Integrated(AudioBuffer audio)
    {
        ArgumentNullException.ThrowIfNull(audio);
        var meter = new LoudnessMeter(audio.SampleRate, audio.Channels);
        meter.Add(audio.Samples);
        return meter.Finish();
    }
}
