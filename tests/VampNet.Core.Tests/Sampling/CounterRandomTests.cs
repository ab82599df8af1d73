using FsCheck;
using FsCheck.Fluent;
using VampNet.Core.Sampling;
using Xunit;

namespace VampNet.Core.Tests.Sampling;

public class CounterRandomTests
{
    /// <summary>Known answers that come with Random123, the authors' own implementation (kat_vectors).</summary>
    [Theory]
    [InlineData(0ul, 0ul, 0u, 0u, new[] { 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u })]
    [InlineData(ulong.MaxValue, ulong.MaxValue, uint.MaxValue, uint.MaxValue, new[] { 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu })]
    [InlineData(
        0x299f31d0_a4093822ul, 0x85a308d3_243f6a88ul, 0x13198a2eu, 0x03707344u,
        new[] { 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u })]
    public void Philox_gives_the_published_answers(ulong key, ulong index, uint high0, uint high1, uint[] expected)
    {
        Assert.Equal(expected, Block(key, index, high0, high1, 0));
        Assert.Equal(expected, Block(key, index - 3, high0, high1, 3)); // any of the four, and with the carry between words
    }

    [Fact]
    public void Any_piece_of_a_stream_is_that_piece_of_the_whole() => Prop.ForAll(
        ArbMap.Default.ArbFor<ulong>(), Gen.Choose(0, 100).ToArbitrary(), Gen.Choose(0, 100).ToArbitrary(), (seed, from, count) =>
        {
            var random = new CounterRandom(seed);
            var whole = new float[200];
            random.Gumbel(RandomPurpose.Token, 3, 0, whole);
            var piece = new float[count];
            random.Gumbel(RandomPurpose.Token, 3, from, piece);
            return piece.SequenceEqual(whole.AsSpan(from, count).ToArray());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Threads_do_not_matter()
    {
        var whole = Uniform(5, RandomPurpose.Token, 1, 4096);
        var pieces = new float[4096];
        var random = new CounterRandom(5);
        Parallel.For(0, 64, i => random.Uniform(RandomPurpose.Token, 1, 64 * i, pieces.AsSpan(64 * i, 64)));
        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void Seed_purpose_and_step_each_change_everything()
    {
        var streams = new[]
        {
            Uniform(1, RandomPurpose.Token, 0, 1000),
            Uniform(2, RandomPurpose.Token, 0, 1000),
            Uniform(1ul << 32, RandomPurpose.Token, 0, 1000),
            Uniform(1, RandomPurpose.Confidence, 0, 1000),
            Uniform(1, RandomPurpose.Token, 1, 1000),
        };
        foreach (var (i, a) in streams.Index())
        {
            foreach (var b in streams.Skip(i + 1))
                Assert.InRange(a.Zip(b, (x, y) => (x - 0.5) * (y - 0.5)).Average() * 12, -0.15, 0.15); // correlation; σ = 0.03
        }
    }

    [Fact]
    public void Uniform_numbers_are_uniform()
    {
        var values = Uniform(42, RandomPurpose.PromptMask, 0, 1 << 20);
        Assert.All(values, v => Assert.InRange(v, float.Epsilon, float.BitDecrement(1)));
        var counts = new int[64];
        foreach (var v in values)
            counts[(int)(v * 64)]++;
        var expected = values.Length / 64.0;
        var chiSquare = counts.Sum(c => (c - expected) * (c - expected) / expected);
        Assert.InRange(chiSquare, 20, 120); // 63 degrees of freedom: 5 sigma either way
    }

    [Fact]
    public void Gumbel_noise_has_its_mean_and_variance()
    {
        var values = new float[1 << 20];
        new CounterRandom(43).Gumbel(RandomPurpose.Confidence, 2, 0, values);
        var mean = values.Average(v => (double)v);
        Assert.All(values, v => Assert.True(float.IsFinite(v)));
        Assert.Equal(0.57722, mean, 0.01);
        Assert.Equal(Math.PI * Math.PI / 6, values.Average(v => (v - mean) * (v - mean)), 0.02);
    }

    [Fact]
    public void Derived_seeds_differ()
    {
        var random = new CounterRandom(45);
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(i => random.Derive(i)).Distinct().Count());
        Assert.NotEqual(random.Derive(3), new CounterRandom(46).Derive(3));
    }

    /// <summary>Block index + i in its usual order.</summary>
    private static uint[] Block(ulong key, ulong index, uint high0, uint high1, int i)
    {
        Span<uint> words = stackalloc uint[Philox.Words];
        Philox.Blocks(key, index, high0, high1, words);
        return [words[2 * i], words[2 * i + 1], words[8 + 2 * i], words[8 + 2 * i + 1]];
    }

    private static float[] Uniform(ulong seed, RandomPurpose purpose, int step, int count)
    {
        var values = new float[count];
        new CounterRandom(seed).Uniform(purpose, step, 0, values);
        return values;
    }
}
