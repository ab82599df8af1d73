using VampNet.Audio;
using VampNet.Audio.Processing;
using VampNet.Core.Tokens;
using VampNet.Gateway.Rendering;
using VampNet.Gateway.Sources;

namespace VampNet.Gateway.Tests.Rendering;

public sealed class LoudnessMatcherTests
{
    private const int Rate = 44_100;

    private static readonly double[] Seconds = [.. Loudness.OpeningSeconds];

    [Theory]
    [InlineData(0.8)]
    [InlineData(1.5)]
    [InlineData(4)]
    [InlineData(10)]
    [InlineData(25)]
    public async Task What_is_too_soft_ends_at_the_loudness_of_its_source(double seconds)
    {
        var (source, made) = (Noise(seconds, 0.2f), Noise(seconds, 0.1f));
        var played = await PlayAsync(made, Layout(seconds), Opening(source));
        // Short music is matched as a whole; of longer one the first second is trusted less.
        var tail = (int)(Rate * Math.Min(seconds, 5));
        Assert.Equal(
            Loudness.Integrated(new(source[^tail..], Rate)), Loudness.Integrated(new(played[^tail..], Rate)), seconds < 3 ? 0.1 : 1);
        Assert.InRange(Decibels(played[0] / made[0]), 3, 6.1);
    }

    [Fact]
    public async Task The_gain_slides_and_then_stays()
    {
        var made = Noise(20, 0.1f);
        // Louder and louder, as a song begins: the gain follows the source and not what is made.
        var source = made.Select((sample, i) => sample * Math.Min(3, 1 + i / (5f * Rate))).ToArray();
        var played = await PlayAsync(made, Layout(20), Opening(source));
        var gains = played.Zip(made, (p, m) => Decibels(p / m)).ToArray();
        for (var i = 1; i < gains.Length; i++)
            Assert.InRange(Math.Abs(gains[i] - gains[i - 1]), 0, 0.001);
        var after = gains[(11 * Rate)..];
        Assert.InRange(after.Max() - after.Min(), 0, 0.001);
        var whole = Loudness.Integrated(new(source[..(10 * Rate)], Rate)) - Loudness.Integrated(new(made[..(10 * Rate)], Rate));
        Assert.Equal(whole, after[0], 0.02);
    }

    [Fact]
    public async Task No_more_is_held_back_than_the_first_stretch()
    {
        var (read, made) = (0, Noise(30, 0.1f));
        var matcher = new LoudnessMatcher([Read], Layout(30), Opening(made));
        await matcher.ReadAsync([new float[1_000]], 1_000);
        Assert.Equal((int)(Seconds[0] * Rate), read);

        Task Read(Memory<float> room)
        {
            made.AsMemory(read, room.Length).CopyTo(room);
            read += room.Length;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Places_count_and_not_the_pieces_that_are_read()
    {
        var (source, made) = (Noise(12, 0.3f), Noise(12, 0.1f));
        var layout = SourceLayout.Create(FrameRate.VampNet, 8 * Rate, beforeSeconds: 3, afterSeconds: 1, repeat: 1);
        var samples = made.Concat(made).Take((int)layout.Samples).ToArray();
        Assert.Equal(await PlayAsync(samples, layout, Opening(source), 777), await PlayAsync(samples, layout, Opening(source), 16_384));
    }

    [Fact]
    public async Task Silence_and_full_scale_stay_what_they_are()
    {
        var silence = new float[5 * Rate];
        Assert.Equal(silence, await PlayAsync(silence, Layout(5), Opening(Noise(5, 0.1f))));
        var loud = Noise(5, 1f);
        Assert.InRange((await PlayAsync(loud, Layout(5), Opening(Noise(5, 30f)))).Max(MathF.Abs), 0.9f, 1.001f);
    }

    private static async Task<float[]> PlayAsync(float[] made, SourceLayout layout, OpeningLoudness opening, int piece = 5_000)
    {
        var (read, played, pieces) = (0, new List<float>(), new float[][] { new float[piece] });
        var matcher = new LoudnessMatcher([Read], layout, opening);
        while (played.Count < made.Length)
        {
            var count = await matcher.ReadAsync(pieces, Math.Min(piece, made.Length - played.Count));
            played.AddRange(pieces[0].AsSpan(0, count));
        }
        return [.. played];

        async Task Read(Memory<float> room)
        {
            await Task.Yield();
            made.AsMemory(read, room.Length).CopyTo(room);
            read += room.Length;
        }
    }

    private static SourceLayout Layout(double seconds) => SourceLayout.Create(FrameRate.VampNet, (long)(seconds * Rate), 0, 0, 1);

    private static OpeningLoudness Opening(float[] source)
    {
        var all = Seconds.Select(s => source[..Math.Min(source.Length, (int)(s * Rate))])
            .Select(beginning => Loudness.Integrated(new AudioBuffer(beginning, Rate))).ToList();
        return new OpeningLoudness(all[^1], all.SkipLast(1));
    }

    /// <summary>No sample of it is near zero, so that a gain can be read off every one.</summary>
    private static float[] Noise(double seconds, float level)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, (int)(seconds * Rate)).Select(_ => Sign() * level * (0.5f + 0.5f * random.NextSingle()))];

        int Sign() => random.Next(2) * 2 - 1;
    }

    private static double Decibels(double factor) => 20 * Math.Log10(factor);
}
