namespace VampNet.Audio;

/// <summary>What untrusted audio may look like.</summary>
public sealed record AudioLimits
{
    public static AudioLimits Default { get; } = new();

    /// <summary>Longest audio, in seconds.</summary>
    public double MaxSeconds { get; init; } = 600;

    public int MaxChannels { get; init; } = 8;

    /// <summary>Most samples, all channels together: a small file can unpack to a lot of silence.</summary>
    public long MaxSamples { get; init; } = 128 << 20;

    /// <summary>In Hz.</summary>
    public int MinSampleRate { get; init; } = 4_000;

    /// <summary>In Hz.</summary>
    public int MaxSampleRate { get; init; } = 384_000;

    /// <summary>
    /// Largest absolute sample; full scale is 1. Float files go beyond it by some decibels; what goes further is in units of integers or no
    /// audio, and could not be brought back to its own level in the end.
    /// </summary>
    public float MaxAmplitude { get; init; } = 100;

    /// <summary>Largest encoded size where it is not on disk already, in bytes.</summary>
    public long MaxSpooledBytes { get; init; } = 256 << 20;

    /// <summary>Checks the layout of audio before any sample is read.</summary>
    /// <exception cref="InvalidAudioException">the sample rate or the channel count is out of bounds</exception>
    public void CheckFormat(int sampleRate, int channels)
    {
        if (sampleRate < MinSampleRate || sampleRate > MaxSampleRate)
            throw new InvalidAudioException(
                AudioProblem.SampleRate, $"sample rate {sampleRate} Hz is outside {MinSampleRate} to {MaxSampleRate} Hz");
        if (channels < 1 || channels > MaxChannels)
            throw new InvalidAudioException(AudioProblem.Channels, $"{channels} channels, expected 1 to {MaxChannels}");
    }

    /// <summary>Checks that no more frames arrived than the limits allow.</summary>
    /// <exception cref="InvalidAudioException">the audio is too long</exception>
    public void CheckLength(long frames, int sampleRate, int channels)
    {
        if (frames > MaxSeconds * sampleRate)
            throw new InvalidAudioException(AudioProblem.TooLong, $"audio is longer than the limit of {MaxSeconds:0.###} seconds");
        if (frames * channels > MaxSamples)
            throw new InvalidAudioException(AudioProblem.TooLong, $"audio has more than {MaxSamples} samples in {channels} channels");
    }
}
