using VampNet.Audio.Processing;

namespace VampNet.Audio.Preparation;

/// <summary>What is made of audio before it is encoded.</summary>
/// <param name="SampleRate">of the codec, in Hz</param>
public sealed record PreparationOptions(int SampleRate)
{
    public const double MinStretch = 0.25;
    public const double MaxStretch = 4;
    public const double MaxPitchSemitones = 24;

    public ChannelLayout Channels { get; init; } = ChannelLayout.Mix;

    /// <summary>Length as a multiple of the source's, at the same pitch: <see cref="MinStretch"/> to <see cref="MaxStretch"/>.</summary>
    public double Stretch { get; init; } = 1;

    /// <summary>How much higher, at the same length: within ± <see cref="MaxPitchSemitones"/>.</summary>
    public double PitchSemitones { get; init; }

    /// <summary>The (stretched) audio this many times in a row, at least 1.</summary>
    public int Repeat { get; init; } = 1;
}
