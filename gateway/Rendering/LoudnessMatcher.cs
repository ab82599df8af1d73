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
    private readonly PcmSpool _opening = new(source.Layout.Rate.SampleRate, channels.Count);
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
        if (_at < _opening.Frames)
            count = Deinterleave(pieces, (int)Math.Min(count, _opening.Frames - _at));
        else
            await DecodeAsync(pieces, count);
        foreach (var piece in pieces)
        {
            foreach (ref var sample in piece.AsSpan(0, count))
                sample *= _gain;
        }
        _at += count;
        return count;
    }

    public void Dispose() => _opening.Dispose();

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
            var interleaved = new float[count * pieces.Length];
            Array.Clear(mix);
            for (var c = 0; c < pieces.Length; c++)
            {
                for (var i = 0; i < count; i++)
                {
                    interleaved[i * pieces.Length + c] = pieces[c][i];
                    mix[i] += pieces[c][i] / pieces.Length;
                    peak = Math.Max(peak, Math.Abs(pieces[c][i]));
                }
            }
            _opening.Append(interleaved);
            if (at >= start)
                meter.Add(mix.AsSpan(0, count));
            at += count;
        }
        _gain = (float)Math.Pow(10, GainDb(meter.Finish(), peak) / 20);
    }

    /// <summary>Silence has no loudness to match.</summary>
    private double GainDb(double loudness, float peak) =>
        loudness <= Loudness.Silence || source.OpeningLoudness <= Loudness.Silence
            ? 0
            : Preprocess.GainDb(loudness, peak, source.OpeningLoudness);

    private int Deinterleave(float[][] pieces, int count)
    {
        var interleaved = new float[count * pieces.Length];
        _opening.Read(_at, interleaved);
        for (var i = 0; i < interleaved.Length; i++)
            pieces[i % pieces.Length][i / pieces.Length] = interleaved[i];
        return count;
    }

    private Task DecodeAsync(float[][] pieces, int count) =>
        Task.WhenAll(channels.Select((channel, c) => channel.ReadAsync(pieces[c].AsMemory(0, count))));
}
