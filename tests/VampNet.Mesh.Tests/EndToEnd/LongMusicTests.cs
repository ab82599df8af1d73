using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Core.Sampling;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;
using VampNet.Testing;
using SamplingMode = VampNet.Protos.Generator.V1.SamplingMode;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Music that is longer than the models' windows of 10 s and 3 s.</summary>
[Collection(MeshTests.Name)]
[NoTensorLeaks]
public sealed class LongMusicTests(Support.Mesh mesh)
{
    private static readonly byte[] Source = Sounds.Chord(16);

    private static readonly byte[] LongerSource = Sounds.Chord(19.5);

    [Fact]
    public async Task Windows_that_the_gateway_sends_become_what_a_stage_makes_of_the_whole()
    {
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(Source));
        var result = await mesh.Client.RunAsync(Vamps.Config(seed: 5), Source);
        var masked = result.Mask.ToModel("mask", int.MaxValue).Apply(encoded.Tokens.ToModel("tokens", int.MaxValue));
        var seeds = new CounterRandom(5);
        var coarse = await GenerateAsync(GeneratorStage.Coarse, masked.TakeCodebooks(4).ToProto(), 3, seeds.Derive(0));
        var fine = await GenerateAsync(
            GeneratorStage.Fine, masked.WithLeading(coarse.ToModel("tokens", int.MaxValue)).ToProto(), 2, seeds.Derive(1));
        Assert.Equal(fine, result.Tokens);
    }

    [Fact]
    public async Task Kept_tokens_are_exact_and_all_steps_are_counted()
    {
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(Source));
        var result = await mesh.Client.RunAsync(Vamps.Config(), Source);
        var (before, after) = (Tokens.Codes(encoded.Tokens), Tokens.Codes(result.Tokens));
        Assert.All(Enumerable.Range(0, before.Length).Where(i => result.Mask.Data[i] == 0), i => Assert.Equal(before[i], after[i]));
        Assert.All(after, code => Assert.InRange(code, 0, 1023));
        foreach (var stage in new[] { Stage.Encode, Stage.Coarse, Stage.Fine, Stage.Decode })
        {
            var progress = result.Progress(stage).ToList();
            Assert.Equal(progress[^1].Steps, progress[^1].Step);
            Assert.Equal(progress.OrderBy(p => p.Step), progress);
        }
        Assert.Equal((2u * 3, 7u * 2), (result.Progress(Stage.Coarse).Last().Steps, result.Progress(Stage.Fine).Last().Steps));
    }

    /// <summary>The stage cuts them, in one call of the gateway's.</summary>
    [Fact]
    public async Task Progress_counts_the_steps_of_all_windows_of_the_reference()
    {
        var config = Vamps.Config().With(c => c.CoarseSampling.Mode = c.FineSampling.Mode = SamplingMode.Upstream);
        var result = await mesh.Client.RunAsync(config, Source);
        foreach (var (stage, steps) in new[] { (Stage.Coarse, 2u * 3), (Stage.Fine, 6u * 2) })
        {
            var progress = result.Progress(stage).ToList();
            Assert.All(progress, p => Assert.Equal(steps, p.Steps));
            Assert.Equal(Enumerable.Range(1, (int)steps).Select(step => (uint)step), progress.Select(p => p.Step));
        }
    }

    [Fact]
    public async Task Audio_comes_back_before_the_last_window_is_made()
    {
        var responses = (await mesh.Client.RunAsync(Vamps.Config().With(c => c.FineSampling.Steps = 24), LongerSource)).Responses.ToList();
        Assert.InRange(responses.FindIndex(r => r.HasAudio), 0, responses.FindLastIndex(r => r.Progress?.Stage == Stage.Fine));
    }

    [Fact]
    public async Task The_joins_sound_as_the_codec_alone_would_make_them()
    {
        var result = await mesh.Client.RunAsync(
            Vamps.Config().With(c => c.Output = new() { Encoding = VampNet.Protos.Audio.V1.OutputEncoding.PcmF32Le }), Source);
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(Source));
        var whole = new MemoryStream();
        await mesh.Client.DecodeAsync(result.Tokens, new DecodeConfig { GainDb = -encoded.Header.GainDb }, whole);
        var (streamed, alone) = (Floats(result.Audio), Floats(whole.ToArray()));
        Assert.Equal((long)result.Header.Samples, streamed.Length);
        // But for one gain, which is found by the end of the opening and brings it to the loudness of the source.
        var (later, compared) = (streamed[(11 * 44_100)..], alone[(11 * 44_100)..]);
        var gain = later.Zip(compared).Sum(s => (double)s.First * s.Second) / compared.Sum(s => (double)s * s);
        for (var i = 0; i < later.Length; i++)
            Assert.Equal(gain * compared[i], later[i], 2e-4); // its chunks begin elsewhere
    }

    [Fact]
    public async Task A_continuation_keeps_the_source_and_does_not_repeat_it()
    {
        var song = Sounds.Chord(4.3);
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(song));
        var config = Vamps.Config()
            .With(c => (c.Prompt, c.ExtendBeforeSeconds, c.ExtendAfterSeconds) = (new Prompt { All = new AllPrompt() }, 2, 9));
        var result = await mesh.Client.RunAsync(config, song);
        var (rate, hop) = (44_100, 768);
        var before = (int)Math.Ceiling(2.0 * rate / hop);
        var source = AudioFile.Read(song).Frames;
        Assert.Equal((ulong)(before * hop + source + 9 * rate), result.Header.Samples);

        var (tokens, kept) = (result.Tokens.ToModel("tokens", int.MaxValue), encoded.Tokens.ToModel("tokens", int.MaxValue));
        var whole = source / hop; // the last frame of the source is partly silence, and so made anew
        Assert.Equal(kept.SliceFrames(0, whole).Data.ToArray(), tokens.SliceFrames(before, whole).Data.ToArray());
        Assert.NotEqual(kept.SliceFrames(0, whole).Data.ToArray(), tokens.SliceFrames(before + whole, whole).Data.ToArray());
        Assert.Equal((ulong)(whole * 14), result.Summary.Figures.VisibleTokens);
    }

    [Fact]
    public async Task Gaps_of_an_inpainting_are_made_and_nothing_else()
    {
        var config = Vamps.Config().With(c => c.Prompt = new Prompt
        {
            Not = new Prompt
            {
                Regions = new RegionsPrompt
                {
                    Regions = { new Region { FromSeconds = 2, ToSeconds = 3 }, new Region { FromSeconds = 14, ToSeconds = 14.5 } },
                },
            },
        });
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(Source));
        var result = await mesh.Client.RunAsync(config, Source);
        var (before, after) = (Tokens.Codes(encoded.Tokens), Tokens.Codes(result.Tokens));
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).Select(i => i % (int)result.Mask.Frames)
            .Distinct().ToList();
        Assert.All(changed, t => Assert.True(t is >= 114 and <= 173 or >= 803 and <= 833, $"frame {t}"));
        Assert.Equal(2u * 3, result.Progress(Stage.Coarse).Last().Steps);
    }

    private async Task<TokenTensor> GenerateAsync(GeneratorStage stage, TokenTensor tokens, int steps, ulong seed) =>
        await mesh.Client.GenerateAsync(
            stage, new GenerateRequest { Tokens = tokens, Sampling = new Sampling { Steps = steps }, Seed = seed });

    private static float[] Floats(byte[] bytes) => System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray();
}
