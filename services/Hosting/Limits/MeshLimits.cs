using VampNet.Audio;

namespace VampNet.Services.Hosting.Limits;

/// <summary>What one request and one connection may ask for (configuration section "Limits").</summary>
public sealed class MeshLimits
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Limits";

    /// <summary>Longest audio, in seconds.</summary>
    public double MaxSeconds { get; set; } = 600;

    /// <summary>Largest audio stream, in bytes.</summary>
    public long MaxAudioBytes { get; set; } = 256 << 20;

    /// <summary>Most sampling steps of one stage.</summary>
    public int MaxSteps { get; set; } = 1_000;

    /// <summary>Most variations of one request.</summary>
    public int MaxVariations { get; set; } = 16;

    /// <summary>Most coarse passes of one variation.</summary>
    public int MaxFeedback { get; set; } = 16;

    /// <summary>Largest message that is taken, in bytes.</summary>
    public int MaxMessageBytes { get; set; } = 4 << 20;

    /// <summary>Most calls at once on one connection; a client's library holds the others back.</summary>
    public int MaxStreamsPerConnection { get; set; } = 100;

    /// <summary>How long a call waits for a client that neither sends nor takes anything.</summary>
    public double IdleSeconds { get; set; } = 60;

    /// <summary>The same for the audio library.</summary>
    public AudioLimits Audio => new()
    {
        MaxSeconds = MaxSeconds,
        MaxSpooledBytes = MaxAudioBytes,
        MaxSamples = Math.Max(AudioLimits.Default.MaxSamples, (long)(2 * 96_000 * MaxSeconds)),
    };

    /// <summary>Most token frames, at a codec's frame rate.</summary>
    public int MaxFrames(int sampleRate = 44_100, int hop = 768) =>
        (int)Math.Min(int.MaxValue / 64, Math.Ceiling(MaxSeconds * sampleRate / hop) + 1);
}
