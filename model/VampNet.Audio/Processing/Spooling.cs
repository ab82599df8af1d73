using NAudio.Wave;

namespace VampNet.Audio.Processing;

/// <summary>Audio at its own rate on disk.</summary>
public static class Spooling
{
    /// <summary>Reads a provider to its end, onto disk.</summary>
    /// <inheritdoc cref="SampleProviderExtensions.ReadPieces"/>
    public static PcmSpool Spool(
        this ISampleProvider provider, AudioLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider.Spool(provider.WaveFormat.Channels, limits, cancellationToken);
    }

    /// <summary>Reads the mean of a provider's channels to its end, onto disk.</summary>
    /// <inheritdoc cref="SampleProviderExtensions.ReadPieces"/>
    public static PcmSpool SpoolMono(
        this ISampleProvider provider, AudioLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider.Spool(count: 1, limits, cancellationToken);
    }

    private static PcmSpool Spool(this ISampleProvider provider, int count, AudioLimits? limits, CancellationToken cancellationToken)
    {
        var (rate, channels) = (provider.WaveFormat.SampleRate, provider.WaveFormat.Channels);
        var spool = new PcmSpool(rate, count);
        try
        {
            var chosen = new float[PcmSpool.PieceFrames * count];
            foreach (var piece in provider.ReadPieces(limits))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var samples = chosen.AsSpan(0, piece.Length / channels * count);
                ChannelMix.Reduce(piece.Span, channels, samples, count);
                SampleChecks.Within(float.MaxValue, samples, rate, count, spool.Frames);
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
