using VampNet.Audio.Files;
using VampNet.Audio.Processing;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.EndToEnd;

[Collection(MeshTests.Name)]
[NoTensorLeaks]
public sealed class VampTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(1.5);

    [Fact]
    public async Task A_vamp_answers_in_the_order_of_the_contract()
    {
        var result = await mesh.Client.RunAsync(Vamps.Config(), Chord);
        var kinds = result.Responses.Select(r => r.ContentCase).Where(k => k != VampResponse.ContentOneofCase.Progress).Distinct();
        Assert.Equal(
            [
                VampResponse.ContentOneofCase.Started, VampResponse.ContentOneofCase.Source, VampResponse.ContentOneofCase.Mask,
                    VampResponse.ContentOneofCase.Header,
                VampResponse.ContentOneofCase.Tokens, VampResponse.ContentOneofCase.Audio, VampResponse.ContentOneofCase.Summary,
            ],
            kinds);
        Assert.Equal([1u, 2, 3], result.Progress(Stage.Coarse).Select(p => p.Step));
        Assert.All(result.Progress(Stage.Coarse), p => Assert.Equal(3u, p.Steps));
        Assert.Equal([1u, 2], result.Progress(Stage.Fine).Select(p => p.Step));
        Assert.Equal([Stage.Encode, Stage.Coarse, Stage.Fine, Stage.Decode], result.Summary.Stages.Select(s => s.Stage));
        Assert.All(result.Summary.Stages, s => Assert.True(s.Elapsed.ToTimeSpan() > TimeSpan.Zero));
        Assert.Equal((3, 1f), (result.Started.Config.CoarseSampling.Steps, result.Started.Config.CoarseSampling.Temperature));
    }

    [Fact]
    public async Task Length_rate_and_loudness_are_those_of_the_input()
    {
        var result = await mesh.Client.RunAsync(Vamps.Config(), Chord);
        var (source, audio) = (AudioFile.Read(Chord), AudioFile.Read(result.Audio));
        Assert.Equal((source.SampleRate, source.Frames, 1), (audio.SampleRate, audio.Frames, audio.Channels));
        Assert.Equal((ulong)source.Frames, result.Header.Samples);
        Assert.Equal(1.5, result.Source.Seconds, 3);
        Assert.Equal(Loudness.Integrated(source), result.Source.LoudnessLufs, 0.1);
        Assert.Equal(Loudness.Integrated(source), Loudness.Integrated(audio), 0.5);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_tokens_and_another_does_not()
    {
        var first = await mesh.Client.RunAsync(Vamps.Config(seed: 7), Chord);
        var again = await mesh.Client.RunAsync(Vamps.Config(seed: 7), Chord);
        var other = await mesh.Client.RunAsync(Vamps.Config(seed: 8), Chord);
        Assert.Equal(first.Tokens, again.Tokens);
        Assert.Equal(first.Audio, again.Audio);
        Assert.NotEqual(first.Tokens, other.Tokens);
    }

    [Fact]
    public async Task A_missing_seed_is_drawn_and_returned()
    {
        var drawn = await mesh.Client.RunAsync(Vamps.Config(seed: null), Chord);
        var another = await mesh.Client.RunAsync(Vamps.Config(seed: null), Chord);
        var replayed = await mesh.Client.RunAsync(Vamps.Config(seed: drawn.Summary.Seed), Chord);
        Assert.Equal(drawn.Started.Config.Seed, drawn.Summary.Seed);
        Assert.NotEqual(drawn.Summary.Seed, another.Summary.Seed);
        Assert.Equal(drawn.Tokens, replayed.Tokens);
    }

    [Fact]
    public async Task Visible_tokens_come_back_untouched_and_hidden_ones_are_generated()
    {
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(Chord));
        var result = await mesh.Client.RunAsync(Vamps.Config(), Chord);
        Assert.Equal((encoded.Tokens.Codebooks, encoded.Tokens.Frames), (result.Tokens.Codebooks, result.Tokens.Frames));
        var (before, after) = (Tokens.Codes(encoded.Tokens), Tokens.Codes(result.Tokens));
        var changed = 0;
        for (var i = 0; i < before.Length; i++)
        {
            Assert.InRange(after[i], 0, 1023);
            if (result.Mask.Data[i] == 0)
                Assert.Equal(before[i], after[i]);
            else if (before[i] != after[i])
                changed++;
        }
        Assert.True(changed > before.Length / 4, $"only {changed} of {before.Length} tokens changed");
        Assert.Equal((ulong)result.Mask.Data.Count(b => b == 0), result.Summary.Figures.VisibleTokens);
        Assert.Equal((ulong)before.Length, result.Summary.Figures.TotalTokens);
    }

    [Fact]
    public async Task An_explicit_mask_that_hides_nothing_gives_the_input_back()
    {
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(Chord));
        var config = Vamps.Config();
        config.Prompt = new Prompt { Not = new Prompt { None = new NonePrompt() } };
        Assert.Equal(encoded.Tokens, (await mesh.Client.RunAsync(config, Chord)).Tokens);
    }

    [Fact]
    public async Task Prompts_combine_like_sets()
    {
        var config = Vamps.Config();
        config.Prompt = new Prompt
        {
            AllOf = new PromptList
            {
                Prompts =
                {
                    new Prompt
                    {
                        AnyOf = new PromptList
                        {
                            Prompts =
                            {
                                new Prompt { Periodic = new PeriodicPrompt { Period = 4 } },
                                new Prompt { Inpaint = new InpaintPrompt { PrefixSeconds = 0.5 } },
                            },
                        },
                    },
                    new Prompt { Compression = new CompressionPrompt { Codebooks = 2 } },
                },
            },
        };
        var mask = (await mesh.Client.RunAsync(config, Chord)).Mask;
        var prefix = (int)Math.Ceiling(0.5 * 44_100 / 768);
        for (var c = 0; c < mask.Codebooks; c++)
        {
            for (var t = 0; t < mask.Frames; t++)
                Assert.Equal(c < 2 && (t % 4 == 0 || t < prefix) ? 0 : 1, mask.Data[(int)(c * mask.Frames + t)]);
        }
    }

    [Fact]
    public async Task A_beat_prompt_shows_what_surrounds_the_beats()
    {
        var clicks = Sounds.Clicks(8, 120);
        var config = Vamps.Config();
        config.Prompt = new Prompt { Beats = new BeatPrompt { AfterSeconds = 0.1 } };
        var result = await mesh.Client.RunAsync(config, clicks);
        var beats = await mesh.Client.TrackBeatsAsync(new MemoryStream(clicks));
        Assert.InRange(beats.Tempo, 115, 125);
        Assert.Contains(result.Summary.Stages, s => s.Stage == Stage.Beats);
        foreach (var beat in beats.Beats.Where(b => b < 7.5))
            Assert.Equal(0, result.Mask.Data[(int)Math.Ceiling(beat * 44_100 / 768)]);
        Assert.InRange(result.Mask.Data.Count(b => b == 0), 1, result.Mask.Data.Length / 2);
    }

    [Fact]
    public async Task An_onset_prompt_shows_what_surrounds_the_onsets()
    {
        var clicks = Sounds.Clicks(4, 120);
        var config = Vamps.Config();
        config.Prompt = new Prompt { Onsets = new OnsetPrompt { Width = 2 } };
        var mask = (await mesh.Client.RunAsync(config, clicks)).Mask;
        var onsets = (await mesh.Client.TrackBeatsAsync(new MemoryStream(clicks))).Onsets;
        Assert.Equal(7, onsets.Count(o => o > 0.25)); // whether the first click begins anything is a matter of taste
        var shown = onsets.Select(o => (int)(o * 44_100 / 768)).SelectMany(f => Enumerable.Range(f - 2, 4)).Where(f => f >= 0).ToHashSet();
        for (var t = 0; t < mask.Frames; t++)
            Assert.Equal(shown.Contains(t) ? 0 : 1, mask.Data[t]);
    }

    [Fact]
    public async Task A_preset_comes_back_spelled_out_and_gives_the_same_again()
    {
        var config = Vamps.Config();
        config.Prompt = new Prompt { Preset = "large-variation" };
        var named = await mesh.Client.RunAsync(config, Chord);
        config.Prompt = named.Started.Config.Prompt;
        Assert.Equal(
            (13, 4, 0.2),
            (config.Prompt.AllOf.Prompts[0].AllOf.Prompts[0].Periodic.Period, config.Prompt.AllOf.Prompts[1].Compression.Codebooks,
            config.Prompt.AllOf.Prompts[0].AllOf.Prompts[1].Dropout.Probability));
        Assert.Equal(named.Tokens, (await mesh.Client.RunAsync(config, Chord)).Tokens);
    }

    [Theory]
    [InlineData(InputEncoding.PcmF32Le, 44_100, 1)]
    [InlineData(InputEncoding.PcmS16Le, 48_000, 2)]
    public async Task Raw_pcm_goes_up_and_down(InputEncoding encoding, int sampleRate, int channels)
    {
        var wav = AudioFile.Read(Sounds.Chord(1, sampleRate, channels));
        var pcm = encoding == InputEncoding.PcmF32Le ? VampNet.Audio.PcmEncoding.F32Le : VampNet.Audio.PcmEncoding.S16Le;
        var config = Vamps.Config();
        config.Input = new InputFormat { Encoding = encoding, SampleRate = (uint)sampleRate, Channels = (uint)channels };
        config.Output = new OutputFormat { Encoding = OutputEncoding.PcmS16Le, SampleRate = (uint)sampleRate };
        var result = await mesh.Client.RunAsync(config, VampNet.Audio.RawPcm.Encode(wav.Samples, pcm));
        Assert.Equal(((uint)sampleRate, (uint)channels), (result.Source.SampleRate, result.Source.Channels));
        Assert.Equal(((uint)sampleRate, (uint)channels), (result.Header.SampleRate, result.Header.Channels));
        Assert.Equal((int)result.Header.Samples * 2 * channels, result.Audio.Length);
        Assert.InRange((int)result.Header.Samples, sampleRate - 2, sampleRate + 2);
    }
}
