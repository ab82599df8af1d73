namespace VampNet.Training.Data;

/// <summary>Random places in a set of tracks, each second of music as likely as any other.</summary>
public sealed class Excerpts
{
    private readonly IReadOnlyList<long> _lengths;
    private readonly long[] _ends;

    /// <param name="lengths">length of each track, in samples or frames</param>
    public Excerpts(IReadOnlyList<long> lengths)
    {
        _lengths = lengths;
        _ends = new long[lengths.Count];
        var total = 0L;
        for (var i = 0; i < lengths.Count; i++)
            _ends[i] = total += lengths[i];
    }

    /// <summary>A track and a start such that <paramref name="length"/> fits, or 0 where the track is shorter.</summary>
    public (int Track, long Start) Draw(Random random, long length)
    {
        var at = random.NextInt64(_ends[^1]);
        var track = Array.BinarySearch(_ends, at + 1);
        track = track < 0 ? ~track : track;
        return (track, random.NextInt64(Math.Max(1, _lengths[track] - length + 1)));
    }

    /// <summary><paramref name="count"/> places spread evenly over all tracks: the same ones every time.</summary>
    public IEnumerable<(int Track, long Start)> Spread(int count, long length)
    {
        for (var i = 0; i < count; i++)
        {
            var at = (long)((i + 0.5) / count * _ends[^1]);
            var track = Array.FindIndex(_ends, end => at < end);
            yield return (track, Math.Clamp(at - (track == 0 ? 0 : _ends[track - 1]), 0, Math.Max(0, _lengths[track] - length)));
        }
    }
}
