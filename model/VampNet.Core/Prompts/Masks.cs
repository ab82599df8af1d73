using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts;

/// <summary>
/// The masks that prompts are made of (paper 3.4), as the reference builds them; true = hidden. Pure functions: what is
/// drawn by chance comes in as numbers.
/// </summary>
public static class Masks
{
    /// <summary>Everything hidden.</summary>
    public static TokenMask Full(int codebooks, int frames)
    {
        var hidden = new bool[codebooks * frames];
        Array.Fill(hidden, true);
        return new(codebooks, frames, hidden);
    }

    /// <summary>Nothing hidden.</summary>
    public static TokenMask Empty(int codebooks, int frames) => new(codebooks, frames, new bool[codebooks * frames]);

    /// <summary>The same frames hidden in every codebook.</summary>
    public static TokenMask OfFrames(int codebooks, ReadOnlySpan<bool> hiddenFrames)
    {
        var hidden = new bool[codebooks * hiddenFrames.Length];
        for (var c = 0; c < codebooks; c++)
            hiddenFrames.CopyTo(hidden.AsSpan(c * hiddenFrames.Length));
        return new(codebooks, hiddenFrames.Length, hidden);
    }

    /// <summary>Shows every <paramref name="period"/>-th frame.</summary>
    /// <param name="codebooks">The number of codebooks, at least 1.</param>
    /// <param name="frames">The number of frames, at least 0.</param>
    /// <param name="period">The distance of two shown frames, in frames; 1 shows every frame, 0 shows none.</param>
    /// <param name="width">
    /// How many frames are shown around each hit, in frames: the hit and width / 2 more on either side, so that an even width shows one
    /// frame more.
    /// </param>
    /// <param name="offset">The first shown frame, in frames from the start.</param>
    public static TokenMask Periodic(int codebooks, int frames, int period, int width = 1, int offset = 0)
    {
        var hidden = new bool[frames];
        Array.Fill(hidden, true);
        if (period > 0)
        {
            for (long hit = offset; hit < frames; hit += period)
                Show(hidden, hit - width / 2, hit + width / 2 + 1);
        }
        return OfFrames(codebooks, hidden);
    }

    /// <summary>Shows the first and the last frames.</summary>
    public static TokenMask Inpaint(int codebooks, int frames, int prefix, int suffix)
    {
        var hidden = new bool[frames];
        Array.Fill(hidden, true);
        Show(hidden, 0, prefix);
        Show(hidden, (long)frames - suffix, frames);
        return OfFrames(codebooks, hidden);
    }

    /// <summary>Shows stretches of frames: from the first of each up to, but without, the second.</summary>
    public static TokenMask Stretches(int codebooks, int frames, IEnumerable<(int From, int To)> stretches)
    {
        var hidden = new bool[frames];
        Array.Fill(hidden, true);
        foreach (var (from, to) in stretches)
            Show(hidden, from, to);
        return OfFrames(codebooks, hidden);
    }

    /// <summary>Shows frames around onsets: [onset − width, onset + width).</summary>
    /// <param name="codebooks">The number of codebooks, at least 1.</param>
    /// <param name="frames">The number of frames, at least 0.</param>
    /// <param name="onsets">The frames with an onset, at least 0 each, in any order.</param>
    /// <param name="width">How many frames are shown before each onset, and from it on, in frames, at least 0; 0 shows nothing.</param>
    /// <param name="mode">In <see cref="SamplingMode.Upstream"/> an onset that is closer to the start than its width shows nothing.</param>
    public static TokenMask Onsets(int codebooks, int frames, IEnumerable<int> onsets, int width, SamplingMode mode = SamplingMode.Paper)
    {
        var hidden = new bool[frames];
        Array.Fill(hidden, true);
        foreach (var onset in onsets.Where(o => mode == SamplingMode.Paper || o >= width))
            Show(hidden, (long)onset - width, (long)onset + width);
        return OfFrames(codebooks, hidden);
    }

    /// <summary>Each token hidden on its own.</summary>
    /// <param name="codebooks">The number of codebooks, at least 1.</param>
    /// <param name="frames">The number of frames, at least 0.</param>
    /// <param name="probability">
    /// The probability of a token to be hidden, 0 to 1. The reference's other variant takes <see cref="MaskSchedule.Gamma"/> of it.
    /// </param>
    /// <param name="uniform">Numbers in (0, 1), one a token, codebook-major.</param>
    public static TokenMask Random(int codebooks, int frames, double probability, ReadOnlySpan<float> uniform)
    {
        var hidden = new bool[codebooks * frames];
        for (var i = 0; i < hidden.Length; i++)
            hidden[i] = uniform[i] < probability;
        return new(codebooks, frames, hidden);
    }

    /// <summary>Hides the codebooks from <paramref name="first"/> on besides.</summary>
    public static TokenMask HideCodebooks(this TokenMask mask, int first) => mask.FillCodebooks(first, mask.Codebooks, true);

    /// <summary>Shows the first <paramref name="count"/> codebooks besides.</summary>
    public static TokenMask ShowCodebooks(this TokenMask mask, int count) => mask.FillCodebooks(0, count, false);

    /// <summary>Hidden where both hide.</summary>
    /// <exception cref="ArgumentException">the shapes differ</exception>
    public static TokenMask And(this TokenMask one, TokenMask other) => one.Combine(other, TensorPrimitives.BitwiseAnd);

    /// <summary>Hidden where either hides.</summary>
    /// <exception cref="ArgumentException">the shapes differ</exception>
    public static TokenMask Or(this TokenMask one, TokenMask other) => one.Combine(other, TensorPrimitives.BitwiseOr);

    /// <summary>Hidden where this shows.</summary>
    public static TokenMask Not(this TokenMask mask) => new(mask.Codebooks, mask.Frames, Array.ConvertAll(mask.Hidden.ToArray(), h => !h));

    /// <summary>Moves the mask to later frames; what falls off the end comes in at the start.</summary>
    public static TokenMask Roll(this TokenMask mask, int offset)
    {
        var hidden = new bool[mask.Hidden.Length];
        var shift = mask.Frames == 0 ? 0 : (offset % mask.Frames + mask.Frames) % mask.Frames;
        for (var c = 0; c < mask.Codebooks; c++)
        {
            var from = mask.Hidden.Slice(c * mask.Frames, mask.Frames);
            var to = hidden.AsSpan(c * mask.Frames, mask.Frames);
            from[..^shift].CopyTo(to[shift..]);
            from[^shift..].CopyTo(to);
        }
        return new(mask.Codebooks, mask.Frames, hidden);
    }

    /// <summary>A mask of more frames: each frame becomes itself and frames that are hidden, as the reference stretches time.</summary>
    /// <param name="mask">The mask, (codebooks, frames).</param>
    /// <param name="factor">Frames for each frame, at least 1.</param>
    /// <param name="frames">How many of the frames are taken, at most all.</param>
    public static TokenMask StretchFrames(this TokenMask mask, int factor, int frames)
    {
        if (factor == 1)
            return frames == mask.Frames ? mask : mask.SliceFrames(0, frames);
        var hidden = new bool[mask.Codebooks * frames];
        for (var c = 0; c < mask.Codebooks; c++)
        {
            for (var t = 0; t < frames; t++)
                hidden[c * frames + t] = t % factor != 0 || mask[c, t / factor];
        }
        return new(mask.Codebooks, frames, hidden);
    }

    private static TokenMask FillCodebooks(this TokenMask mask, int from, int to, bool value)
    {
        var hidden = mask.Hidden.ToArray();
        var (first, last) = (Math.Clamp(from, 0, mask.Codebooks), Math.Clamp(to, 0, mask.Codebooks));
        hidden.AsSpan(first * mask.Frames, Math.Max(0, last - first) * mask.Frames).Fill(value);
        return new(mask.Codebooks, mask.Frames, hidden);
    }

    private delegate void Operation(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, Span<byte> result);

    private static TokenMask Combine(this TokenMask one, TokenMask other, Operation operation)
    {
        if (one.Codebooks != other.Codebooks || one.Frames != other.Frames)
            throw new ArgumentException(
                $"masks of {one.Codebooks} x {one.Frames} and {other.Codebooks} x {other.Frames} do not combine", nameof(other));
        var hidden = new bool[one.Hidden.Length];
        operation(MemoryMarshal.AsBytes(one.Hidden), MemoryMarshal.AsBytes(other.Hidden), MemoryMarshal.AsBytes(hidden.AsSpan()));
        return new(one.Codebooks, one.Frames, hidden);
    }

    /// <summary>Shows frames [from, to), as far as they exist.</summary>
    internal static void Show(bool[] hidden, long from, long to)
    {
        from = Math.Clamp(from, 0, hidden.Length);
        to = Math.Clamp(to, from, hidden.Length);
        hidden.AsSpan((int)from, (int)(to - from)).Clear();
    }
}
