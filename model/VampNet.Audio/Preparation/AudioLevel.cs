using VampNet.Audio.Processing;
using VampNet.Audio.Spools;

namespace VampNet.Audio.Preparation;

/// <summary>How loud audio is.</summary>
/// <param name="Loudness">integrated, of the mean of its channels, in LUFS</param>
/// <param name="Peak">largest absolute sample of any channel</param>
internal readonly record struct AudioLevel(double Loudness, float Peak)
{
    public static AudioLevel Of(PcmSpool audio, CancellationToken cancellationToken)
    {
        var meter = new LoudnessMeter(audio.SampleRate);
        var mix = new float[PcmSpool.PieceFrames];
        var peak = 0f;
        foreach (var piece in audio.Pieces())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var mono = mix.AsSpan(0, piece.Length / audio.Channels);
            ChannelMix.Reduce(piece.Span, audio.Channels, mono, 1);
            meter.Add(mono);
            foreach (var sample in piece.Span)
                peak = Math.Max(peak, Math.Abs(sample));
        }
        return new AudioLevel(meter.Finish(), peak);
    }
}
