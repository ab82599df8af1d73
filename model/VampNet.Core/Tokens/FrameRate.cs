namespace VampNet.Core.Tokens;

/// <summary>Frames of a codec in time: one frame every <paramref name="Hop"/> samples.</summary>
/// <param name="SampleRate">The sample rate in Hz.</param>
/// <param name="Hop">The number of samples a frame.</param>
public readonly record struct FrameRate(int SampleRate, int Hop)
{
    /// <summary>The codec of the paper: 44.1 kHz, hop 768.</summary>
    public static FrameRate VampNet => new(44100, 768);

    /// <summary>Frames in a second; about 57.4 for the codec of the paper.</summary>
    public double FramesPerSecond => (double)SampleRate / Hop;

    /// <summary>Frames that cover this many seconds: rounded up, as in the reference.</summary>
    /// <param name="seconds">The time in seconds, finite and at least 0.</param>
    public int ToFrames(double seconds) => (int)Math.Min(int.MaxValue, Math.Ceiling(seconds * SampleRate / Hop));

    /// <summary>The frame that this moment lies in.</summary>
    /// <param name="seconds">The time in seconds, finite and at least 0.</param>
    public int FrameAt(double seconds) => (int)Math.Min(int.MaxValue, Math.Floor(seconds * SampleRate / Hop));

    /// <summary>Duration of frames in seconds.</summary>
    public double ToSeconds(int frames) => (double)frames * Hop / SampleRate;
}
