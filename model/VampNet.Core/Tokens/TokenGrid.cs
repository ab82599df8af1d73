using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace VampNet.Core.Tokens;

/// <summary>
/// The tokens of one piece of audio: a (codebooks, frames) grid, codebook-major, so that codebook c of frame t is
/// <c>Data[c * Frames + t]</c>. A value is a code 0..1023, or <see cref="Mask"/> where the token is hidden.
/// </summary>
public sealed class TokenGrid
{
    /// <summary>Codes per codebook (paper 3.1).</summary>
    public const int Vocabulary = 1024;

    /// <summary>Bits of a token: log2 of the vocabulary.</summary>
    public const int BitsPerToken = 10;

    /// <summary>The token that stands for "hidden": one past the last code.</summary>
    public const ushort Mask = Vocabulary;

    private readonly ushort[] _data;

    /// <param name="codebooks">The number of codebooks, at least 1.</param>
    /// <param name="frames">The number of frames, at least 0.</param>
    /// <param name="data">The codebooks × frames values, codebook-major; they are not copied.</param>
    /// <exception cref="ArgumentException">the sizes disagree, or a value is above <see cref="Mask"/></exception>
    public TokenGrid(int codebooks, int frames, ushort[] data)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(codebooks, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(frames);
        ArgumentNullException.ThrowIfNull(data);
        if (data.LongLength != (long)codebooks * frames)
            throw new ArgumentException(
                $"{codebooks} codebooks x {frames} frames need {(long)codebooks * frames} tokens, got {data.LongLength}", nameof(data));
        if (data.AsSpan().IndexOfAnyExceptInRange((ushort)0, Mask) is var wrong and >= 0)
            throw new ArgumentException(
                $"token {data[wrong]} at codebook {wrong / frames}, frame {wrong % frames} is above {Mask} (MASK)", nameof(data));
        (Codebooks, Frames, _data) = (codebooks, frames, data);
    }

    /// <summary>Number of codebooks, at least 1.</summary>
    public int Codebooks { get; }

    /// <summary>Number of frames, at least 0.</summary>
    public int Frames { get; }

    /// <summary>All tokens, codebook-major.</summary>
    public ReadOnlySpan<ushort> Data => _data;

    /// <summary>One token: 0 to 1023, or <see cref="Mask"/>.</summary>
    /// <param name="codebook">The number of the codebook, 0 to <see cref="Codebooks"/> − 1.</param>
    /// <param name="frame">The number of the frame, 0 to <see cref="Frames"/> − 1.</param>
    public ushort this[int codebook, int frame] => _data[codebook * Frames + frame];

    /// <summary>The tokens of one codebook, one a frame.</summary>
    public ReadOnlySpan<ushort> Codebook(int codebook) => _data.AsSpan(codebook * Frames, Frames);

    /// <summary>True where any token is hidden.</summary>
    public bool HasMask => Data.Contains(Mask);

    /// <summary>The tokens as little-endian 16-bit numbers, codebook-major: as they travel.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Data.Length * sizeof(ushort)];
        var tokens = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan());
        if (BitConverter.IsLittleEndian)
            Data.CopyTo(tokens);
        else
            BinaryPrimitives.ReverseEndianness(Data, tokens);
        return bytes;
    }

    /// <summary>A grid from what <see cref="ToBytes"/> gives.</summary>
    /// <exception cref="ArgumentException">the sizes disagree, or a value is above <see cref="Mask"/></exception>
    public static TokenGrid FromBytes(int codebooks, int frames, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % sizeof(ushort) != 0)
            throw new ArgumentException($"{bytes.Length} bytes are no whole number of tokens", nameof(bytes));
        var data = MemoryMarshal.Cast<byte, ushort>(bytes).ToArray();
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(data, data);
        return new TokenGrid(codebooks, frames, data);
    }

    /// <summary>The frames [start, start + count) of every codebook, as a new grid.</summary>
    public TokenGrid SliceFrames(int start, int count)
    {
        var slice = new ushort[Codebooks * count];
        for (var c = 0; c < Codebooks; c++)
            Codebook(c).Slice(start, count).CopyTo(slice.AsSpan(c * count, count));
        return new TokenGrid(Codebooks, count, slice);
    }

    /// <summary>Each frame so many times in a row, as a new grid.</summary>
    public TokenGrid RepeatFrames(int times)
    {
        var data = new ushort[_data.Length * times];
        for (var i = 0; i < _data.Length; i++)
            data.AsSpan(i * times, times).Fill(_data[i]);
        return new TokenGrid(Codebooks, Frames * times, data);
    }

    /// <summary>The first <paramref name="count"/> codebooks, as a new grid.</summary>
    public TokenGrid TakeCodebooks(int count) => new(count, Frames, _data[..(count * Frames)]);

    /// <summary>This grid over <paramref name="codebooks"/> codebooks: the missing ones filled with MASK.</summary>
    public TokenGrid ExtendCodebooks(int codebooks)
    {
        var data = new ushort[codebooks * Frames];
        _data.CopyTo(data, 0);
        data.AsSpan(_data.Length).Fill(Mask);
        return new TokenGrid(codebooks, Frames, data);
    }

    /// <summary>This grid with its first codebooks replaced by those of <paramref name="leading"/>.</summary>
    /// <exception cref="ArgumentException">it has more codebooks, or other frames</exception>
    public TokenGrid WithLeading(TokenGrid leading)
    {
        ArgumentNullException.ThrowIfNull(leading);
        if (leading.Codebooks > Codebooks || leading.Frames != Frames)
            throw new ArgumentException(
                $"{leading.Codebooks} x {leading.Frames} tokens do not lead {Codebooks} x {Frames}", nameof(leading));
        var data = _data.ToArray();
        leading.Data.CopyTo(data);
        return new TokenGrid(Codebooks, Frames, data);
    }

    /// <summary>
    /// This grid with the frames from <paramref name="start"/> on replaced by those of <paramref name="frames"/>, in its leading codebooks.
    /// </summary>
    /// <exception cref="ArgumentException">it has more codebooks, or reaches past the end</exception>
    public TokenGrid WithFrames(int start, TokenGrid frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Codebooks > Codebooks || start < 0 || start + frames.Frames > Frames)
            throw new ArgumentException(
                $"{frames.Codebooks} x {frames.Frames} tokens at frame {start} do not fit into {Codebooks} x {Frames}", nameof(frames));
        var data = _data.ToArray();
        for (var c = 0; c < frames.Codebooks; c++)
            frames.Codebook(c).CopyTo(data.AsSpan(c * Frames + start));
        return new TokenGrid(Codebooks, Frames, data);
    }

    /// <summary>One flag a frame: a token of it is hidden in a codebook from <paramref name="firstCodebook"/> on.</summary>
    public bool[] HiddenFrames(int firstCodebook = 0)
    {
        var hidden = new bool[Frames];
        for (var c = firstCodebook; c < Codebooks; c++)
        {
            var codes = Codebook(c);
            for (var t = 0; t < Frames; t++)
                hidden[t] |= codes[t] == Mask;
        }
        return hidden;
    }

    /// <summary>Joins grids of equal codebooks along time.</summary>
    public static TokenGrid ConcatFrames(IReadOnlyList<TokenGrid> parts)
    {
        var (codebooks, frames) = (parts[0].Codebooks, parts.Sum(p => p.Frames));
        var data = new ushort[codebooks * frames];
        var at = 0;
        foreach (var part in parts)
        {
            for (var c = 0; c < codebooks; c++)
                part.Codebook(c).CopyTo(data.AsSpan(c * frames + at));
            at += part.Frames;
        }
        return new TokenGrid(codebooks, frames, data);
    }
}
