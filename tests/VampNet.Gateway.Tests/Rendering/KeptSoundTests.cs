using VampNet.Audio;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Gateway.Rendering;
using VampNet.Gateway.Sources;

namespace VampNet.Gateway.Tests.Rendering;

public class KeptSoundTests
{
    private const int SourceRate = 48_000;
    private const int Fade = 240;
    private static readonly FrameRate Rate = new(44_100, 768);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_kept_is_the_source_to_the_bit_however_the_pieces_are_cut(int seed)
    {
        var random = new Random(seed);
        var layout = SourceLayout.Create(Rate, 44_100, 0, 0, 1);
        var hidden = Runs(random, layout.Frames);
        var (source, samples) = Noise(random, SourceRate, channels: 2);
        using (source)
        {
            var laid = Lay(random, new KeptSound(source, layout, Masks.OfFrames(2, hidden)), new float[samples.Length], channels: 2);
            for (var i = 0; i < SourceRate; i++)
            {
                var frame = (int)Math.Min(((i + 1L) * 44_100 - 1) / (SourceRate * 768L), layout.Frames - 1);
                if (!hidden[frame])
                    Assert.Equal((samples[2 * i], samples[2 * i + 1]), (laid[2 * i], laid[2 * i + 1]));
                else if (!Enumerable.Range(-1, 3).Any(n => frame + n >= 0 && frame + n < hidden.Length && !hidden[frame + n]))
                    Assert.Equal((0, 0), (laid[2 * i], laid[2 * i + 1]));
            }
        }
    }

    [Fact]
    public void A_frame_of_which_one_token_is_made_is_not_kept()
    {
        var layout = SourceLayout.Create(Rate, 44_100, 0, 0, 1);
        var (source, _) = Noise(new Random(1), SourceRate, channels: 1);
        using (source)
        {
            var mask = Masks.OfFrames(2, Enumerable.Repeat(true, layout.Frames).ToArray()).ShowCodebooks(1);
            var laid = Lay(new Random(1), new KeptSound(source, layout, mask), new float[SourceRate]);
            Assert.All(laid, sample => Assert.Equal(0, sample));
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 0.5)]
    public void The_whole_source_stays_where_music_is_made_around_it_and_goes_on_without_a_step(double before, double after)
    {
        // 50,000 samples end within a frame, and where a sine is steep.
        var sine = Enumerable.Range(0, 50_000).Select(i => MathF.Sin(i * 0.05f)).ToArray();
        using var source = Sound(sine, channels: 1);
        var layout = SourceLayout.Create(Rate, 50_000L * 44_100 / SourceRate, before, after, 1);
        var kept = new KeptSound(source, layout, layout.Invented(2));
        var start = (int)((long)layout.Before * 768 * SourceRate / 44_100);
        var laid = Lay(new Random(1), kept, new float[start + 50_000 + (int)(after * SourceRate)]);
        Assert.Equal(sine, laid[start..(start + 50_000)]);
        for (var i = 1; i < laid.Length; i++)
            Assert.InRange(Math.Abs(laid[i] - laid[i - 1]), 0, 0.06f);
        Assert.All(laid[..Math.Max(0, start - Fade)], sample => Assert.Equal(0, sample));
        Assert.All(laid[(start + 50_000 + Fade)..], sample => Assert.Equal(0, sample));
    }

    [Fact]
    public void Every_round_of_a_loop_is_the_phrase_but_for_the_joins()
    {
        var (source, samples) = Noise(new Random(5), 30_000, channels: 1, repeat: 3);
        using (source)
        {
            var layout = SourceLayout.Create(Rate, 3 * (30_000L * 44_100 / SourceRate), 0, 0, 3);
            var laid = Lay(new Random(1), new KeptSound(source, layout, layout.Invented(1)), new float[90_000]);
            for (var i = 0; i < laid.Length; i++)
            {
                if (i % 30_000 is > 4_000 and < 26_000)
                    Assert.Equal(samples[i % 30_000], laid[i]);
            }
            Assert.Equal(0, laid[30_000]);
        }
    }

    /// <summary>Lays over in pieces of any length.</summary>
    private static float[] Lay(Random random, KeptSound kept, float[] made, int channels = 1)
    {
        for (int at = 0, count; at < made.Length; at += count)
        {
            count = Math.Min(made.Length - at, channels * random.Next(1, 20_000));
            kept.LayOver(at / channels, made.AsSpan(at, count));
        }
        return made;
    }

    private static bool[] Runs(Random random, int frames)
    {
        var hidden = new bool[frames];
        for (int at = 0, run; at < frames; at += 2 * run)
        {
            run = random.Next(1, 8);
            hidden.AsSpan(at, Math.Min(run, frames - at)).Fill(true);
        }
        return hidden;
    }

    private static (SourceSound Sound, float[] Samples) Noise(Random random, int frames, int channels, int repeat = 1)
    {
        var samples = Enumerable.Range(0, frames * channels).Select(_ => (float)(2 * random.NextDouble() - 1)).ToArray();
        return (Sound(samples, channels, repeat), samples);
    }

    private static SourceSound Sound(float[] samples, int channels, int repeat = 1)
    {
        var spool = new PcmSpool(SourceRate, channels);
        spool.Append(samples);
        return new SourceSound(spool, repeat);
    }
}
