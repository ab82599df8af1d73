using VampNet.Core.Prompts;
using VampNet.Core.Tokens;

namespace VampNet.Gateway.Sources;

/// <summary>Where the source lies in the track that is made of it: music to invent may come before and after it.</summary>
/// <param name="Rate">of the codec</param>
/// <param name="Before">frames before the source</param>
/// <param name="SourceSamples">of the source at the codec's rate, all its repeats together</param>
/// <param name="SourceFrames">frames of the source that the track takes over</param>
/// <param name="Frames">of the track</param>
/// <param name="Samples">of the track at the codec's rate; its last frame may be cut short</param>
/// <param name="Repeat">how often the source's phrase is played in a row</param>
/// <param name="TokenStretch">frames of the track for each frame of the source; above 1 nothing comes before or after it</param>
internal sealed record SourceLayout(
    FrameRate Rate, int Before, long SourceSamples, int SourceFrames, int Frames, long Samples, int Repeat, int TokenStretch)
{
    // About 50 ms on either side: what is left of a seam in the source.
    private const int JoinFrames = 3;

    /// <param name="samples">of the source at the codec's rate, all its repeats together</param>
    /// <param name="beforeSeconds">music to invent before it, rounded up to whole frames</param>
    /// <param name="afterSeconds">music to invent after it</param>
    /// <param name="tokenStretch">frames of the track for each frame of the source: so many samples are already counted for each</param>
    public static SourceLayout Create(
        FrameRate rate, long samples, double beforeSeconds, double afterSeconds, int repeat, int tokenStretch = 1)
    {
        var before = rate.ToFrames(beforeSeconds);
        var after = (long)Math.Round(afterSeconds * rate.SampleRate);
        var total = (long)before * rate.Hop + samples + after;
        // A frame that the source fills only in part ends in silence: where music follows, it is invented as well.
        var sourceFrames = after > 0 ? samples / rate.Hop : WholeFrames(samples);
        return new SourceLayout(rate, before, samples, (int)sourceFrames, (int)WholeFrames(total), total, repeat, tokenStretch);

        long WholeFrames(long count) => (count + rate.Hop - 1) / rate.Hop;
    }

    /// <summary>How many frames a prompt is applied to: those of the track before its tokens are stretched.</summary>
    public int PromptFrames => PromptFramesOf(Frames, TokenStretch);

    /// <inheritdoc cref="PromptFrames"/>
    public static int PromptFramesOf(int frames, int tokenStretch) => (int)(((long)frames + tokenStretch - 1) / tokenStretch);

    /// <summary>The tokens of the source in their place. What is to be invented holds code 0: <see cref="Invented"/> hides it.</summary>
    public TokenGrid Place(TokenGrid source) =>
        new TokenGrid(source.Codebooks, Frames, new ushort[source.Codebooks * Frames])
            .WithFrames(Before, (TokenStretch == 1 ? source : source.RepeatFrames(TokenStretch)).SliceFrames(0, SourceFrames));

    /// <summary>Hides what the source does not give: the music before and after it, and the joins of its repeats.</summary>
    public TokenMask Invented(int codebooks)
    {
        var hidden = new bool[Frames];
        hidden.AsSpan(0, Before).Fill(true);
        hidden.AsSpan(Before + SourceFrames).Fill(true);
        for (var k = 1; k < Repeat; k++)
        {
            var join = Before + (int)(k * PhraseSamples / Rate.Hop);
            var (from, to) = (Math.Max(0, join - JoinFrames), Math.Min(Frames, join + JoinFrames + 1));
            hidden.AsSpan(from, to - from).Fill(true);
        }
        return Masks.OfFrames(codebooks, hidden);
    }

    /// <summary>Times in one round of the phrase, as times in the track before its tokens are stretched.</summary>
    /// <param name="seconds">from the start of the phrase, as it sounds in the track</param>
    public IReadOnlyList<double> InTrack(IReadOnlyList<double> seconds) =>
        [.. Enumerable.Range(0, Repeat)
            .SelectMany(k => seconds.Select(s => Rate.ToSeconds(Before) + k * PhraseSamples / TokenStretch / Rate.SampleRate + s))];

    private double PhraseSamples => (double)SourceSamples / Repeat;
}
