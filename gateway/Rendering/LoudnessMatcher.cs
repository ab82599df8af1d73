using VampNet.Audio;
using VampNet.Audio.Processing;
using VampNet.Gateway.Sources;

namespace VampNet.Gateway.Rendering;

/// <summary>
/// Decoded channels at the loudness of their source. What a generator makes may come out softer or louder than what it replaces. By how
/// much is judged by the opening of the source's part, stretch by stretch (<see cref="Loudness.OpeningSeconds"/>): each is held back until
/// all of it is decoded, and the gain slides to what brings the opening so far to the loudness of the source so far. The less of it there
/// is, the less it says, and the nearer the gain stays to what the source itself had. All that follows the opening gets the gain of the
/// whole of it. Only places in the music count, never when something was ready, so the same tokens give the same sound.
/// </summary>
internal sealed class LoudnessMatcher
{
    // An opening of so many seconds is trusted half, unless it is the whole of it.
    private const double HalfTrusted = 0.25;

    private readonly IReadOnlyList<Func<Memory<float>, Task>> _channels;
    private readonly int _sampleRate;
    private readonly Queue<Stretch> _stretches;
    private readonly SlidingGain _gain;
    private readonly List<float> _opening = []; // the mix so far of what is measured
    private float _peak;
    private float[][] _held = []; // the rest of a stretch
    private long _at; // samples given
    private long _heldUntil;

    /// <param name="channels">each reads the next samples of one, as many as it is given room for</param>
    public LoudnessMatcher(IReadOnlyList<Func<Memory<float>, Task>> channels, SourceLayout layout, OpeningLoudness opening)
    {
        (_channels, _sampleRate) = (channels, layout.Rate.SampleRate);
        (_stretches, _gain) = (new Queue<Stretch>(Plan(layout, opening)), new SlidingGain(_sampleRate));
    }

    /// <summary>The next samples of each channel.</summary>
    /// <param name="pieces">filled from the start</param>
    /// <param name="count">samples wanted of each channel</param>
    /// <returns>samples given, at least one</returns>
    public async Task<int> ReadAsync(float[][] pieces, int count)
    {
        if (_stretches.TryPeek(out var next) && next.Start == _at)
            await HoldAsync(_stretches.Dequeue());
        if (_heldUntil > _at)
        {
            var left = (int)(_heldUntil - _at);
            count = Math.Min(count, left);
            foreach (var (held, piece) in _held.Zip(pieces))
                held.AsSpan(held.Length - left, count).CopyTo(piece);
        }
        else
        {
            count = (int)Math.Min(count, _stretches.TryPeek(out next) ? next.Start - _at : long.MaxValue);
            await DecodeAsync(pieces, count);
        }
        _gain.Apply(pieces, count);
        _at += count;
        return count;
    }

    /// <summary>The opening of the source's part, and that of any music that is invented before it.</summary>
    private static IEnumerable<Stretch> Plan(SourceLayout layout, OpeningLoudness opening)
    {
        var start = (long)layout.Before * layout.Rate.Hop;
        return Of(0, start, _ => opening.All, isWhole: false).Concat(Of(start, layout.Samples, opening.UpTo, isWhole: true));

        IEnumerable<Stretch> Of(long from, long limit, Func<int, double> loudness, bool isWhole)
        {
            var ends = Loudness.OpeningSamples(layout.Rate.SampleRate);
            for (var (i, at) = (0, from); i < ends.Count && at < limit; i++)
            {
                var end = Math.Min(limit, from + ends[i]);
                // Short music ends with no shorter rest: all of it counts, and is compared with all of the source.
                if (limit - end < end - at)
                    (end, i) = (Math.Min(limit, from + ends[^1]), ends.Count - 1);
                var seconds = (double)(end - from) / layout.Rate.SampleRate;
                yield return new Stretch(
                    at, end, IsFirst: at == from, loudness(i), isWhole && i == ends.Count - 1 ? 1 : seconds / (seconds + HalfTrusted));
                at = end;
            }
        }
    }

    private async Task HoldAsync(Stretch stretch)
    {
        _held = [.. _channels.Select(_ => new float[stretch.End - stretch.Start])];
        _heldUntil = stretch.End;
        await DecodeAsync(_held, _held[0].Length);
        if (stretch.IsFirst)
        {
            _opening.Clear();
            _peak = 0;
        }
        for (var i = 0; i < _held[0].Length; i++)
        {
            _opening.Add(_held.Average(channel => channel[i]));
            _peak = Math.Max(_peak, _held.Max(channel => Math.Abs(channel[i])));
        }
        var loudness = Loudness.Integrated(new AudioBuffer([.. _opening], _sampleRate));
        // Silence has no loudness to match.
        if (loudness <= Loudness.Silence || stretch.Loudness <= Loudness.Silence)
            return;
        var target = loudness + stretch.Trust * (stretch.Loudness - loudness);
        _gain.SlideTo(Preprocess.GainDb(loudness, _peak, target));
    }

    private Task DecodeAsync(float[][] pieces, int count) =>
        Task.WhenAll(_channels.Select((channel, c) => channel(pieces[c].AsMemory(0, count))));

    /// <param name="Start">first sample</param>
    /// <param name="End">one past the last sample</param>
    /// <param name="IsFirst">what came before is not measured with it</param>
    /// <param name="Loudness">of the source up to its end, in LUFS</param>
    /// <param name="Trust">in what it says, 0 to 1</param>
    private readonly record struct Stretch(long Start, long End, bool IsFirst, double Loudness, double Trust);
}

/// <summary>A gain that changes slowly: by equal parts of a decibel from sample to sample, within a second.</summary>
internal sealed class SlidingGain(int sampleRate)
{
    private double _from, _to; // in dB
    private int _left; // samples until it is there
    private bool _isPlaying;

    private double Decibels => _to + (_from - _to) * _left / sampleRate;

    /// <summary>From the next sample on. What comes first has its gain from the start.</summary>
    public void SlideTo(double decibels) =>
        (_from, _to, _left) = _isPlaying ? (Decibels, decibels, sampleRate) : (decibels, decibels, 0);

    /// <param name="channels">samples that come next</param>
    public void Apply(float[][] channels, int count)
    {
        _isPlaying |= count > 0;
        var there = (float)Preprocess.Factor(_to);
        for (var i = 0; i < count; i++)
        {
            var factor = _left == 0 ? there : (float)Preprocess.Factor(Decibels);
            _left = Math.Max(0, _left - 1);
            foreach (var channel in channels)
                channel[i] *= factor;
        }
    }
}
