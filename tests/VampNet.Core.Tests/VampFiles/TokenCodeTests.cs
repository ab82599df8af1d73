using FsCheck;
using FsCheck.Fluent;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Core.VampFiles;
using Xunit;

namespace VampNet.Core.Tests.VampFiles;

public class TokenCodeTests
{
    /// <summary>Masks of any density, tokens of any skew, one channel or two that are more or less alike.</summary>
    private static readonly Gen<(TokenMask Mask, TokenGrid[] Channels)> Tracks =
        from codebooks in Gen.Choose(1, 14)
        from frames in Gen.Choose(0, 90)
        from hiddenPercent in Gen.Choose(0, 100)
        from vocabulary in Gen.Elements(1, 2, 40, 1024)
        from channels in Gen.Choose(1, 2)
        from differentPercent in Gen.Choose(0, 100)
        from seed in Gen.Choose(0, int.MaxValue)
        select Track(codebooks, frames, hiddenPercent, vocabulary, channels, differentPercent, seed);

    [Fact]
    public void What_is_visible_comes_back_and_nothing_else() =>
        Prop.ForAll(Tracks.ToArbitrary(), ArbMap.Default.ArbFor<bool>(), (track, withMask) =>
    {
        var bytes = TokenCode.Encode(track.Mask, track.Channels, withMask);
        var (mask, channels) = TokenCode.Decode(
            bytes, track.Mask.Codebooks, track.Mask.Frames, withMask ? null : track.Mask, track.Channels.Length);
        return mask.Hidden.SequenceEqual(track.Mask.Hidden)
            && channels.Zip(track.Channels).All(pair => pair.First.Data.SequenceEqual(track.Mask.Apply(pair.Second).Data));
    }).QuickCheckThrowOnFailure();

    /// <summary>
    /// The bound is met where the entropy is known: of the source that draws the tokens, not of what it happened to draw.
    /// </summary>
    [Theory]
    [InlineData(700, 0.0)] // 12 s of one codebook
    [InlineData(2_000, 1.0)]
    [InlineData(20_000, 1.0)]
    [InlineData(20_000, 1.5)]
    [InlineData(20_000, 2.0)]
    [InlineData(200_000, 0.0)]
    public void The_size_is_within_10_percent_of_the_entropy_of_the_source(int count, double skew)
    {
        var (tokens, entropy) = Zipf(count, skew);
        var bytes = TokenCode.Encode(Masks.Empty(1, count), [new TokenGrid(1, count, tokens)], withMask: false);
        Assert.InRange(bytes.Length, 0.9 * entropy / 8, 1.1 * entropy / 8);
    }

    [Fact]
    public void A_hundred_tokens_take_little_more_than_ten_bits_each()
    {
        var (tokens, _) = Zipf(100, 0);
        Assert.InRange(TokenCode.Encode(Masks.Empty(1, 100), [new TokenGrid(1, 100, tokens)], withMask: false).Length, 100, 132);
    }

    [Fact]
    public void What_says_nothing_takes_no_room()
    {
        Assert.Empty(TokenCode.Encode(Masks.Full(14, 500), [Grid(14, 500, _ => 3)], withMask: false));
        Assert.InRange(TokenCode.Encode(Masks.Full(14, 500), [Grid(14, 500, _ => 3)], withMask: true).Length, 0, 1);
        Assert.InRange(TokenCode.Encode(Masks.Empty(1, 5_000), [Grid(1, 5_000, _ => 3)], withMask: false).Length, 1, 5);
        var (one, two) = (Grid(4, 500, i => i * 7919 % 1024), Grid(4, 500, i => i * 7919 % 1024));
        var mono = TokenCode.Encode(Masks.Empty(4, 500), [one], withMask: false).Length;
        Assert.InRange(TokenCode.Encode(Masks.Empty(4, 500), [one, two], withMask: false).Length, mono, mono + 4);
    }

    /// <summary>Masks as prompts make them: 600 frames of 14 codebooks, in bytes.</summary>
    [Fact]
    public void Masks_of_prompts_are_small()
    {
        Assert.InRange(MaskBytes(Masks.Periodic(14, 600, 7).HideCodebooks(3)), 1, 25);
        Assert.InRange(MaskBytes(Masks.Inpaint(14, 600, 100, 50)), 1, 15);
        var beats = Masks.Onsets(14, 600, Enumerable.Range(0, 20).Select(i => 29 * i + i % 3), 2).HideCodebooks(4);
        Assert.InRange(MaskBytes(beats), 1, 30);

        static int MaskBytes(TokenMask mask) =>
            TokenCode.Encode(mask, [Grid(mask.Codebooks, mask.Frames, _ => 0)], withMask: true).Length - TokenCode.Encode(
                mask, [Grid(mask.Codebooks, mask.Frames, _ => 0)], withMask: false).Length;
    }

    /// <summary>Files outlive programs: these bytes are version 1 of the format.</summary>
    [Fact]
    public void The_bytes_of_version_1_do_not_change()
    {
        var mask = Masks.Periodic(3, 24, 4, 2).HideCodebooks(2);
        var bytes = TokenCode.Encode(
            mask, [Grid(3, 24, i => i * i % 50), Grid(3, 24, i => i % 5 == 0 ? 1023 : i * i % 50)], withMask: true);
        Assert.Equal(
            "886C32D4A3D73C7E8DD3953420F239979A33E578512731C9F6D3D53EB742EF25035CD8B3FFC49F6A231D76114A39A559456BC1CCB2E7C5",
            Convert.ToHexString(bytes));
    }

    /// <summary>Whatever the bytes say is a track, or an error that says so: never a crash.</summary>
    [Fact]
    public void Any_bytes_can_be_read() => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<bool>(), (bytes, withMask) =>
    {
        try
        {
            var (mask, channels) = TokenCode.Decode(bytes ?? [], 3, 40, withMask ? null : Masks.Periodic(3, 40, 3), 2);
            return channels.All(c => c.Data.Count(TokenGrid.Mask) == mask.HiddenCount);
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bytes_after_the_end_are_an_error()
    {
        var bytes = TokenCode.Encode(Masks.Empty(1, 9), [Grid(1, 9, i => i)], withMask: false);
        Assert.Throws<InvalidDataException>(() => TokenCode.Decode((byte[])[.. bytes, 0, 0, 0, 0], 1, 9, Masks.Empty(1, 9), 1));
    }

    [Fact]
    public void A_visible_token_must_be_a_token()
    {
        Assert.Throws<ArgumentException>(
            "channels", () => TokenCode.Encode(Masks.Empty(1, 2), [new TokenGrid(1, 2, [5, TokenGrid.Mask])], withMask: false));
        Assert.Throws<ArgumentException>("channels", () => TokenCode.Encode(Masks.Empty(1, 2), [], withMask: false));
        Assert.Throws<ArgumentException>("tokens", () => TokenCode.Encode(Masks.Empty(1, 2), [Grid(1, 3, _ => 0)], withMask: false));
    }

    private static TokenGrid Grid(int codebooks, int frames, Func<int, int> token) =>
        new(codebooks, frames, [.. Enumerable.Range(0, codebooks * frames).Select(i => (ushort)token(i))]);

    private static (TokenMask, TokenGrid[]) Track(
        int codebooks, int frames, int hiddenPercent, int vocabulary, int channels, int differentPercent, int seed)
    {
        var random = new Random(seed);
        var hidden = new bool[codebooks * frames];
        for (var i = 0; i < hidden.Length; i++)
            hidden[i] = random.Next(100) < hiddenPercent;
        var left = Grid(codebooks, frames, _ => 1023 - random.Next(vocabulary));
        var right = Grid(codebooks, frames, i => random.Next(100) < differentPercent ? random.Next(1024) : left.Data[i]);
        return (new TokenMask(codebooks, frames, hidden), channels == 1 ? [left] : [left, right]);
    }

    /// <summary>
    /// Independent tokens where the n-th most likely one has a likelihood of n^-skew; and the entropy of them all, in bits.
    /// </summary>
    private static (ushort[] Tokens, double Entropy) Zipf(int count, double skew)
    {
        var random = new Random(1);
        var weights = Enumerable.Range(1, 1024).Select(n => Math.Pow(n, -skew)).ToArray();
        var probabilities = Array.ConvertAll(weights, w => w / weights.Sum());
        var sums = new double[1024];
        for (var i = 0; i < 1024; i++)
            sums[i] = (i == 0 ? 0 : sums[i - 1]) + probabilities[i];
        ushort Draw() => (ushort)Math.Min(1023, ~Array.BinarySearch(sums, random.NextDouble()));
        return ([.. Enumerable.Range(0, count).Select(_ => Draw())], count * probabilities.Sum(p => -p * Math.Log2(p)));
    }
}
