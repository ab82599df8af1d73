using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts;

/// <summary>How much a mask keeps.</summary>
/// <param name="Frames">The number of all frames, at least 0.</param>
/// <param name="KeptFrames">The number of frames with at least one visible token.</param>
/// <param name="VisibleTokens">The number of tokens that the mask shows, in all codebooks together.</param>
/// <param name="TotalTokens">The number of all tokens: codebooks × frames.</param>
/// <param name="BitsPerSecond">
/// The bitrate of the visible tokens, at log2(1024) bits each. Where every P-th frame of Nk of N codebooks stays, it is B / P · Nk / N,
/// with the codec's bitrate B (paper 3.4); it is 0 where there is no frame.
/// </param>
public sealed record MaskFigures(int Frames, int KeptFrames, long VisibleTokens, long TotalTokens, double BitsPerSecond)
{
    /// <summary>Counts what a mask keeps.</summary>
    /// <param name="mask">The mask, (codebooks, frames); true = hidden.</param>
    /// <param name="rate">The frame rate of the codec.</param>
    public static MaskFigures Of(TokenMask mask, FrameRate rate)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var keptFrames = 0;
        for (var t = 0; t < mask.Frames; t++)
        {
            var c = 0;
            while (c < mask.Codebooks && mask[c, t])
                c++;
            keptFrames += c < mask.Codebooks ? 1 : 0;
        }
        var visible = mask.Hidden.Length - mask.HiddenCount;
        return new MaskFigures(mask.Frames, keptFrames, visible, mask.Hidden.Length,
            mask.Frames == 0 ? 0 : visible * (double)TokenGrid.BitsPerToken / rate.ToSeconds(mask.Frames));
    }
}
