namespace VampNet.Audio.Processing;

/// <summary>Integrated loudness of whole audio; <see cref="LoudnessMeter"/> says how it is measured.</summary>
public static class Loudness
{
    /// <summary>The lowest value, which silence has, in LUFS.</summary>
    public const double Silence = -70;

    /// <summary>Samples of the opening of a song, ten seconds: what its loudness is judged by where the rest is not there yet.</summary>
    public static int OpeningSamples(int sampleRate) => 10 * sampleRate;

    /// <summary>Integrated loudness in LUFS, at least <see cref="Silence"/>. Audio under 0.5 s is measured with silence after it.</summary>
    public static double Integrated(AudioBuffer audio)
    {
        ArgumentNullException.ThrowIfNull(audio);
        var meter = new LoudnessMeter(audio.SampleRate, audio.Channels);
        meter.Add(audio.Samples);
        return meter.Finish();
    }
}
