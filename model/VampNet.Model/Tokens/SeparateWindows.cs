namespace VampNet.Model.Tokens;

/// <summary>
/// How the reference cuts long audio: windows of the length that a model was trained for (10 s coarse, 3 s fine), which
/// know nothing of each other. For <see cref="Sampling.SamplingMode.Upstream"/>; all else goes by <see cref="WindowPlan"/>.
/// </summary>
public static class SeparateWindows
{
    /// <summary>Consecutive windows; the last one may be shorter.</summary>
    /// <param name="length">frames a window, at least 1</param>
    public static IReadOnlyList<TokenGrid> Cut(TokenGrid tokens, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var windows = new List<TokenGrid>();
        for (var start = 0; start < tokens.Frames; start += length)
            windows.Add(tokens.SliceFrames(start, Math.Min(length, tokens.Frames - start)));
        return windows;
    }

    /// <summary>
    /// Consecutive windows of full length, as the reference cuts for the fine model: what is missing at the end is
    /// code 0 in the conditioning codebooks and hidden in the others.
    /// </summary>
    public static IReadOnlyList<TokenGrid> CutPadded(TokenGrid tokens, int length, int conditioningCodebooks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var missing = (length - tokens.Frames % length) % length;
        if (missing == 0)
            return Cut(tokens, length);
        var padding = new ushort[tokens.Codebooks * missing];
        padding.AsSpan(conditioningCodebooks * missing).Fill(TokenGrid.Mask);
        return Cut(TokenGrid.ConcatFrames([tokens, new TokenGrid(tokens.Codebooks, missing, padding)]), length);
    }

    /// <summary>The windows one after the other, without padding.</summary>
    /// <param name="frames">of the whole</param>
    public static TokenGrid Join(IReadOnlyList<TokenGrid> windows, int frames) => TokenGrid.ConcatFrames(windows).SliceFrames(0, frames);

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
