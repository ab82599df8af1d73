using VampNet.Audio;
using VampNet.Audio.Processing;
using VampNet.Gateway.Sources;

namespace VampNet.Gateway.Rendering;

/// <summary>
/// Decoded channels at the loudness of their source. What a generator makes may come out softer or louder than what it
/// replaces. By how much, the opening of the source's part tells (ten seconds, which the coarse model makes at once
/// anyway); all that follows gets the same gain, so that long music streams out before its end is known.
/// </summary>
internal sealed class LoudnessMatcher(IReadOnlyList<DecodedChannel> channels, EncodedSource source) : IDisposable
{
    // Decoded up to the end of the opening, whose gain applies from the first sample on. It is on disk because music of any length may
    // be invented before the source.
    private readonly List<PcmSpool> _opening = [.. channels.Select(_ => new PcmSpool(source.Layout.Rate.SampleRate, channels: 1))];
    private long _at;
    private float _gain;

    /// <summary>The next samples of each channel.</summary>
    /// <param name="pieces">filled from the start</param>
    /// <param name="count">samples wanted of each channel</param>
    /// <returns>samples given, at least one</returns>
    public async Task<int> ReadAsync(float[][] pieces, int count)
    {
        if (_at == 0)
            await MeasureOpeningAsync(pieces);
        if (_opening[0].Frames - _at is > 0 and var left)
        {
            count = (int)Math.Min(count, left);
            foreach (var (spool, piece) in _opening.Zip(pieces))
                spool.Read(_at, piece.AsSpan(0, count));
        }
        else
        {
            await DecodeAsync(pieces, count);
        }
        foreach (var piece in pieces)
        {
            foreach (ref var sample in piece.AsSpan(0, count))
                sample *= _gain;
        }
        _at += count;
        return count;
    }

    public void Dispose() => _opening.ForEach(spool => spool.Dispose());

    private async Task MeasureOpeningAsync(float[][] pieces)
    {
        var rate = source.Layout.Rate;
        var start = (long)source.Layout.Before * rate.Hop;
        var end = Math.Min(source.Layout.Samples, start + Loudness.OpeningSamples(rate.SampleRate));
        var meter = new LoudnessMeter(rate.SampleRate);
        var (mix, peak) = (new float[pieces[0].Length], 0f);
        for (long at = 0; at < end;)
        {
            // Music that is invented before the source is not measured with it.
            var count = (int)Math.Min(pieces[0].Length, (at < start ? start : end) - at);
            await DecodeAsync(pieces, count);
            Array.Clear(mix);
            foreach (var (spool, piece) in _opening.Zip(pieces))
            {
                spool.Append(piece.AsSpan(0, count));
                for (var i = 0; i < count; i++)
                {
                    mix[i] += piece[i] / pieces.Length;
                    peak = Math.Max(peak, Math.Abs(piece[i]));
                }
            }
            if (at >= start)
                meter.Add(mix.AsSpan(0, count));
            at += count;
        }
        _gain = (float)Preprocess.Factor(GainDb(meter.Finish(), peak));
    }

    /// <summary>Silence has no loudness to match.</summary>
    private double GainDb(double loudness, float peak) =>
        loudness <= Loudness.Silence || source.OpeningLoudness <= Loudness.Silence
            ? 0
            : Preprocess.GainDb(loudness, peak, source.OpeningLoudness);

    private Task DecodeAsync(float[][] pieces, int count) =>
        Task.WhenAll(channels.Select((channel, c) => channel.ReadAsync(pieces[c].AsMemory(0, count))));
}
