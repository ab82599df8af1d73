using VampNet.Audio.Processing;
using VampNet.Protos.Codec.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Mapping;

/// <summary>What a request wants made of its audio before it is encoded.</summary>
public static class PreparationMapping
{
    // Far beyond music; Limits:MaxSeconds bounds the result.
    private const int MaxRepeat = 1_000;

    /// <summary>The preparation that a request asks for.</summary>
    /// <param name="config">The config of the request.</param>
    /// <param name="sampleRate">The sample rate of the codec, in Hz.</param>
    /// <param name="checks">Takes what is wrong.</param>
    public static PreparationOptions Preparation(this EncodeConfig config, int sampleRate, RequestChecks checks)
    {
        checks.Require(Enum.IsDefined(config.Channels), "config.channels", $"{(int)config.Channels} is unknown");
        return Preparation(sampleRate, config.Stretch, config.PitchSemitones, config.Repeat, checks) with
        {
            Channels = config.Channels == Channels.Stereo ? ChannelLayout.Stereo : ChannelLayout.Mix,
        };
    }

    /// <summary>The preparation that single fields ask for; channels are mixed.</summary>
    /// <param name="sampleRate">The sample rate of the codec, in Hz.</param>
    /// <param name="stretch">The length as a multiple of the source's, 0.25 to 4; 0 means 1.</param>
    /// <param name="pitchSemitones">The shift of the pitch in semitones, -24 to 24.</param>
    /// <param name="repeat">How often the audio is played in a row, at most 1000; 0 means 1.</param>
    /// <param name="checks">Takes what is wrong.</param>
    public static PreparationOptions Preparation(int sampleRate, double stretch, double pitchSemitones, uint repeat, RequestChecks checks)
    {
        const double Min = PreparationOptions.MinStretch, Max = PreparationOptions.MaxStretch, Pitch = PreparationOptions.MaxPitchSemitones;
        checks.Require(stretch is 0 or (>= Min and <= Max), "config.stretch", $"is {stretch}, expected {Min} to {Max}, or 0 for none");
        checks.Require(
            pitchSemitones is >= -Pitch and <= Pitch, "config.pitch_semitones", $"is {pitchSemitones}, expected -{Pitch} to {Pitch}");
        checks.Require(repeat <= MaxRepeat, "config.repeat", $"is {repeat}, expected 0 to {MaxRepeat}");
        return new PreparationOptions(sampleRate)
        {
            Stretch = stretch == 0 ? 1 : stretch,
            PitchSemitones = pitchSemitones,
            Repeat = (int)Math.Max(1, repeat),
        };
    }
}
