using VampNet.Core.Tokens;
using VampNet.Gateway.Sources;

namespace VampNet.Gateway.Rendering;

/// <summary>
/// Lays the sound of the source over what was generated, wherever the prompt keeps it whole. The crossfades lie in what is generated, so
/// that what is kept is the source's to the bit.
/// </summary>
internal sealed class KeptSound
{
    // Long enough to hide the join, too short to be heard as one.
    private const double CrossfadeSeconds = 0.005;

    private readonly SourceSound _source;
    private readonly long _start;
    private readonly int _fade;
    private readonly List<(long From, long To)> _stretches;

    /// <param name="mask">what was generated; a frame of which any token was is not kept</param>
    public KeptSound(SourceSound source, SourceLayout layout, TokenMask mask)
    {
        _source = source;
        _fade = (int)(CrossfadeSeconds * source.SampleRate);
        _start = At(layout.Before);
        _stretches = [.. Kept(mask.HiddenFrames()).Select(run => (At(run.From), End(run.To)))];

        long At(int frame) => (long)frame * layout.Rate.Hop * source.SampleRate / layout.Rate.SampleRate;

        // The last frame of a source may be filled in part: that part is kept, too.
        long End(int frame) => frame == layout.Before + layout.SourceFrames ? _start + source.Frames : At(frame);
    }

    /// <inheritdoc cref="Audio.Processing.SampleEdit"/>
    public void LayOver(long from, Span<float> samples)
    {
        var channels = _source.Channels;
        var to = from + samples.Length / channels;
        foreach (var (begin, end) in _stretches)
        {
            var (first, last) = (Math.Max(from, begin - _fade), Math.Min(to, end + _fade));
            if (first >= last)
                continue;
            var kept = new float[(last - first) * channels];
            _source.Read(first - _start, kept);
            var target = samples.Slice((int)(first - from) * channels, kept.Length);
            for (var i = 0; i < kept.Length; i++)
            {
                var at = first + i / channels;
                var outside = Math.Max(begin - at, at - end + 1);
                // Without arithmetic where it is kept: not a bit may change.
                target[i] = outside <= 0 ? kept[i] : target[i] + (kept[i] - target[i]) * (1 - (float)outside / (_fade + 1));
            }
        }
    }

    private static IEnumerable<(int From, int To)> Kept(bool[] hidden)
    {
        for (var (from, to) = (0, 0); from < hidden.Length; from = to + 1)
        {
            for (to = from; to < hidden.Length && !hidden[to]; to++)
                ;
            if (to > from)
                yield return (from, to);
        }
    }
}
