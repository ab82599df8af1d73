namespace VampNet.Core.Tokens;

/// <summary>
/// How the reference cuts long audio: windows of the length that a model was trained for (10 s coarse, 3 s fine), which
/// know nothing of each other. For <see cref="Sampling.SamplingMode.Upstream"/>; all else goes by <see cref="WindowPlan"/>.
/// </summary>
public static class SeparateWindows
{
    /// <summary>Consecutive windows without context; the last one may be shorter.</summary>
    /// <param name="frames">of the audio, at least 0</param>
    /// <param name="length">frames a window, at least 1</param>
    public static IReadOnlyList<Window> Plan(int frames, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var windows = new List<Window>();
        for (var start = 0; start < frames; start += length)
        {
            var end = Math.Min(frames, start + length);
            windows.Add(new Window(start, end - start, start, end, NeedsEarlier: false));
        }
        return windows;
    }

    /// <summary>The tokens of each window of a plan.</summary>
    /// <inheritdoc cref="Plan"/>
    public static IReadOnlyList<TokenGrid> Cut(TokenGrid tokens, int length) =>
        [.. Plan(tokens.Frames, length).Select(window => tokens.SliceFrames(window.Start, window.Length))];

    /// <summary>
    /// Tokens for windows of full length, as the reference pads them for the fine model: what is missing at the end is
    /// code 0 in the conditioning codebooks and hidden in the others.
    /// </summary>
    public static TokenGrid Pad(TokenGrid tokens, int length, int conditioningCodebooks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var missing = (length - tokens.Frames % length) % length;
        if (missing == 0)
            return tokens;
        var padding = new ushort[tokens.Codebooks * missing];
        padding.AsSpan(conditioningCodebooks * missing).Fill(TokenGrid.Mask);
        return TokenGrid.ConcatFrames([tokens, new TokenGrid(tokens.Codebooks, missing, padding)]);
    }

    /// <summary>
    /// The reference's mask for windows of the coarse model: where a window shows anything, it also shows its first and
    /// last frame, so that windows join without a break.
    /// </summary>
    public static TokenMask ShowEdges(TokenMask mask, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var hidden = mask.Hidden.ToArray();
        for (var start = 0; start < mask.Frames; start += length)
        {
            var last = Math.Min(start + length, mask.Frames) - 1;
            var showsAnything = false;
            for (var c = 0; c < mask.Codebooks; c++)
                showsAnything |= mask.Hidden.Slice(c * mask.Frames + start, last + 1 - start).Contains(false);
            for (var c = 0; showsAnything && c < mask.Codebooks; c++)
                hidden[c * mask.Frames + start] = hidden[c * mask.Frames + last] = false;
        }
        return new TokenMask(mask.Codebooks, mask.Frames, hidden);
    }
}
