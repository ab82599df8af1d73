using NAudio.Wave;
using VampNet.Audio.Spools;

namespace VampNet.Audio.Processing;

/// <summary>Audio of any number of channels as mono on disk.</summary>
public static class MonoSpool
{
    /// <summary>Reads the mean of a provider's channels to its end, onto disk.</summary>
    /// <inheritdoc cref="SampleProviderExtensions.ReadPieces"/>
    public static PcmSpool SpoolMono(
        this ISampleProvider provider, AudioLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(provider);
        var (rate, channels) = (provider.WaveFormat.SampleRate, provider.WaveFormat.Channels);
        var spool = new PcmSpool(rate, 1);
        try
        {
            var mono = new float[PcmSpool.PieceFrames];
            foreach (var piece in provider.ReadPieces(limits))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var samples = mono.AsSpan(0, piece.Length / channels);
                ChannelMix.Reduce(piece.Span, channels, samples, 1);
                spool.Append(samples);
            }
            return spool;
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }
}
