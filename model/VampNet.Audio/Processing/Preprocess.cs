namespace VampNet.Audio.Processing;

/// <summary>What codecs expect of audio (paper 3.1; the public reference's Interface._preprocess).</summary>
public static class Preprocess
{
    /// <summary>Loudness of everything that was trained on, in LUFS.</summary>
    public const double TargetLoudness = -24;

    /// <summary>Resample, downmix, normalise to -24 LUFS, cap the peak at 1, pad the end with silence to whole hops.</summary>
    /// <param name="sampleRate">of the codec, in Hz</param>
    /// <param name="hop">samples a frame of the codec</param>
    /// <returns>mono audio of a multiple of <paramref name="hop"/> samples</returns>
    public static AudioBuffer Apply(AudioBuffer audio, int sampleRate = 44_100, int hop = 768) =>
        PadToHop(Normalize(Resampler.Resample(audio, sampleRate).ToMono()), hop);

    /// <summary>Audio at a loudness, scaled down where its peak would pass 1; near silence is raised by 46 dB at most.</summary>
    /// <param name="loudness">in LUFS</param>
    public static AudioBuffer Normalize(AudioBuffer audio, double loudness = TargetLoudness)
    {
        ArgumentNullException.ThrowIfNull(audio);
        var peak = audio.Samples.Length == 0 ? 0 : audio.Samples.Max(MathF.Abs);
        return Amplify(audio, GainDb(Loudness.Integrated(audio), peak, loudness));
    }

    /// <summary>What brings audio of a loudness to another one, or its peak to 1 where that is less, in dB.</summary>
    /// <param name="loudness">of the audio, in LUFS</param>
    /// <param name="peak">largest absolute sample</param>
    /// <param name="target">in LUFS</param>
    public static double GainDb(double loudness, float peak, double target = TargetLoudness) =>
        Math.Min(target - loudness, peak > 0 ? -20 * Math.Log10(peak) : double.PositiveInfinity);

    /// <summary>Audio by a gain in dB.</summary>
    public static AudioBuffer Amplify(AudioBuffer audio, double gainDb)
    {
        ArgumentNullException.ThrowIfNull(audio);
        var gain = Math.Pow(10, gainDb / 20);
        return new AudioBuffer(Array.ConvertAll(audio.Samples, sample => (float)(sample * gain)), audio.SampleRate, audio.Channels);
    }

    /// <summary>Audio with silence at its end, to a multiple of <paramref name="hop"/> frames.</summary>
    public static AudioBuffer PadToHop(AudioBuffer audio, int hop)
    {
        ArgumentNullException.ThrowIfNull(audio);
        ArgumentOutOfRangeException.ThrowIfLessThan(hop, 1);
        var frames = (audio.Frames + hop - 1) / hop * hop;
        var samples = new float[frames * audio.Channels];
        audio.Samples.CopyTo(samples, 0);
        return new AudioBuffer(samples, audio.SampleRate, audio.Channels);
    }
}
