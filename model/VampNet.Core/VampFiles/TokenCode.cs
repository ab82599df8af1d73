using VampNet.Core.Tokens;

namespace VampNet.Core.VampFiles;

/// <summary>
/// The visible tokens of one or two channels under one mask, in as few bytes as their frequencies allow. The bytes are
/// the same on every machine (docs/vamp-format.md, "The coded part").
/// </summary>
public static class TokenCode
{
    /// <summary>Codes the tokens, and where asked the mask before them.</summary>
    /// <param name="mask">The mask, (codebooks, frames); what it shows is coded.</param>
    /// <param name="channels">One or two grids of the shape of the mask; what it hides is not read.</param>
    /// <param name="withMask">False where the reader knows the mask.</param>
    /// <exception cref="ArgumentException">shapes differ, or a visible token is MASK</exception>
    public static byte[] Encode(TokenMask mask, IReadOnlyList<TokenGrid> channels, bool withMask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(channels);
        if (channels.Count is not (1 or 2))
            throw new ArgumentException($"there are {channels.Count} channels, expected 1 or 2", nameof(channels));
        var visible = channels.Select(c => mask.Apply(c).Data.ToArray()).ToArray();
        if (visible.Any(tokens => tokens.AsSpan().Count(TokenGrid.Mask) != mask.HiddenCount))
            throw new ArgumentException("a visible token is MASK", nameof(channels));
        var coder = new RangeEncoder();
        if (withMask)
            MaskCode.Code(coder, mask.Hidden.ToArray(), mask.Codebooks, mask.Frames);
        CodeTokens(coder, mask, visible);
        return coder.Finish();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; MASK where the mask hides.</summary>
    /// <param name="bytes">All that <see cref="Encode"/> gave.</param>
    /// <param name="codebooks">The number of codebooks, at least 1.</param>
    /// <param name="frames">The number of frames, at least 0.</param>
    /// <param name="mask">The mask, (codebooks, frames), where it is known; null: it is coded before the tokens.</param>
    /// <param name="channels">The number of channels, 1 or 2.</param>
    /// <exception cref="InvalidDataException">there are bytes after the last token</exception>
    public static (TokenMask Mask, IReadOnlyList<TokenGrid> Channels) Decode(
        ReadOnlyMemory<byte> bytes, int codebooks, int frames, TokenMask? mask, int channels)
    {
        var coder = new RangeDecoder(bytes);
        if (mask is null)
        {
            var hidden = new bool[codebooks * frames];
            MaskCode.Code(coder, hidden, codebooks, frames);
            mask = new TokenMask(codebooks, frames, hidden);
        }
        var tokens = Enumerable.Range(0, channels)
            .Select(_ => mask.Apply(new TokenGrid(codebooks, frames, new ushort[codebooks * frames])).Data.ToArray()).ToArray();
        CodeTokens(coder, mask, tokens);
        if (!coder.AtEnd)
            throw new InvalidDataException("there are bytes after the last token");
        return (mask, [.. tokens.Select(t => new TokenGrid(codebooks, frames, t))]);
    }

    /// <summary>Codebook by codebook, each with its own frequencies; the right channel may repeat the left.</summary>
    /// <param name="coder">Writes the tokens or reads them.</param>
    /// <param name="mask">The mask, (codebooks, frames); what it shows is coded.</param>
    /// <param name="channels">
    /// The tokens of each channel, codebook-major; they are read when encoding, and filled in where visible when decoding.
    /// </param>
    private static void CodeTokens(RangeCoder coder, TokenMask mask, ushort[][] channels)
    {
        var same = new FlagModel();
        for (var c = 0; c < mask.Codebooks; c++)
        {
            var model = new TokenModel();
            for (var channel = 0; channel < channels.Length; channel++)
            {
                var (left, tokens) = (channels[0], channels[channel]);
                for (var i = c * mask.Frames; i < (c + 1) * mask.Frames; i++)
                {
                    if (mask.Hidden[i])
                        continue;
                    var repeats = channel > 0 && same.Code(coder, tokens[i] == left[i]);
                    tokens[i] = repeats ? left[i] : model.Code(coder, tokens[i]);
                }
            }
        }
    }
}
