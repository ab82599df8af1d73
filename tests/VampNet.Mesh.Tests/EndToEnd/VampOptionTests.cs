using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>What a request may ask for besides its prompt.</summary>
[Collection(MeshTests.Name)]
[NoTensorLeaks]
public sealed class VampOptionTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(1.5);

    [Fact]
    public async Task A_variation_is_that_of_its_seed_alone()
    {
        var three = await mesh.Client.RunAsync(Vamps.Config(seed: 7).With(c => c.Variations = 3), Chord);
        for (var n = 0u; n < 3; n++)
        {
            var alone = await mesh.Client.RunAsync(Vamps.Config(seed: 7 + n), Chord);
            Assert.Equal(alone.Tokens, three.Variation(n).Tokens);
            Assert.Equal(alone.Audio, three.Variation(n).Audio);
            Assert.Equal(7 + n, three.Variation(n).Summary.Seed);
        }
    }

    [Fact]
    public async Task Every_setting_is_reported_as_it_took_effect()
    {
        var config =
            (await mesh.Client.RunAsync(new VampConfig { Prompt = new Prompt { Preset = "small-variation" } }, Chord)).Started.Config;
        Assert.True(config.HasSeed);
        Assert.Equal(
            (1u, 1u, 1u, 1.0, StereoPolicy.Mid), (config.Variations, config.Feedback, config.Repeat, config.Stretch, config.Stereo));
        Assert.Equal(
            (12, 12, 1f, 10.5f),
            (config.CoarseSampling.Steps, config.FineSampling.Steps, config.CoarseSampling.Temperature,
            config.CoarseSampling.MaskTemperature));
        Assert.NotEqual(Prompt.KindOneofCase.Preset, config.Prompt.KindCase);
    }

    [Fact]
    public async Task The_coarse_generator_says_which_presets_there_are()
    {
        var presets = (await mesh.Client.GetModelAsync(GeneratorStage.Coarse)).Presets;
        Assert.Equal(VampNet.Core.Prompts.PromptPreset.All.Select(preset => preset.Name), presets.Select(preset => preset.Name));
        Assert.Equal((5u, 4u), (presets[1].Period, presets[1].Codebooks));
    }

    [Fact]
    public async Task Feedback_goes_over_the_track_again_and_keeps_the_prompt()
    {
        var once = await mesh.Client.RunAsync(Vamps.Config(), Chord);
        var thrice = await mesh.Client.RunAsync(Vamps.Config().With(c => c.Feedback = 3), Chord);
        Assert.Equal(once.Mask, thrice.Mask);
        Assert.NotEqual(once.Tokens, thrice.Tokens);
        var (one, three) = (Tokens.Codes(once.Tokens), Tokens.Codes(thrice.Tokens));
        Assert.All(Enumerable.Range(0, one.Length).Where(i => once.Mask.Data[i] == 0), i => Assert.Equal(one[i], three[i]));
        Assert.Equal(9u, thrice.Progress(Stage.Coarse).Last().Step);
    }

    [Fact]
    public async Task A_loop_is_exactly_so_many_rounds_each_made_anew()
    {
        var result = await mesh.Client.RunAsync(Vamps.Config().With(c => c.Repeat = 4), Chord);
        var phrase = AudioFile.Read(Chord).Frames;
        Assert.Equal((ulong)(4 * phrase), result.Header.Samples);
        for (var round = 1; round < 4; round++)
        {
            var join = round * phrase / 768;
            Assert.All(Enumerable.Range(join - 3, 7), t => Assert.Equal(1, result.Mask.Data[t]));
        }
        var (first, second) = (Round(0), Round(1));
        Assert.NotEqual(first, second);

        float[] Round(int k) => AudioFile.Read(result.Audio).Samples[(k * phrase)..((k + 1) * phrase)];
    }

    /// <summary>As the reference's time_stretch_factor: the first of three frames is the source's.</summary>
    [Fact]
    public async Task Stretched_tokens_keep_what_the_prompt_keeps_and_make_the_frames_between()
    {
        var once = await mesh.Client.RunAsync(Vamps.Config(), Chord);
        var thrice = await mesh.Client.RunAsync(Vamps.Config().With(c => c.TokenStretch = 3), Chord);
        Assert.Equal(3 * once.Header.Samples, thrice.Header.Samples);
        var (source, codebooks) = (once.Mask, (int)once.Mask.Codebooks);
        var (frames, longer) = ((int)source.Frames, (int)thrice.Mask.Frames);
        var (one, three) = (Tokens.Codes(once.Tokens), Tokens.Codes(thrice.Tokens));
        for (var c = 0; c < codebooks; c++)
        {
            for (var t = 0; t < longer; t++)
            {
                var hidden = t % 3 != 0 || source.Data[c * frames + t / 3] == 1;
                Assert.Equal(hidden ? 1 : 0, thrice.Mask.Data[c * longer + t]);
                if (!hidden)
                    Assert.Equal(one[c * frames + t / 3], three[c * longer + t]);
            }
        }
    }

    [Fact]
    public async Task A_source_that_is_snapped_to_its_beats_lasts_from_the_first_to_the_last()
    {
        var clicks = Sounds.Clicks(6, 120);
        var beats = (await mesh.Client.TrackBeatsAsync(new MemoryStream(clicks))).Beats;
        var snapped = await mesh.Client.RunAsync(
            Vamps.Config().With(c => (c.SnapToBeats, c.MatchSource, c.Repeat) = (true, true, 2)), clicks);
        Assert.Equal(beats[^1] - beats[0], snapped.Source.Seconds, 0.001);
        Assert.Equal(2 * Math.Round(snapped.Source.Seconds * 44_100), (double)snapped.Header.Samples, 2.0);
        var cut = await mesh.Client.RunAsync(
            Vamps.Config().With(c =>
            {
                (c.MatchSource, c.Repeat) = (true, 2);
                c.Input = new() { FromSeconds = beats[0], ToSeconds = beats[^1] };
            }), clicks);
        Assert.Equal(cut.Tokens, snapped.Tokens);
    }

    [Fact]
    public async Task Left_and_right_share_mask_and_noise()
    {
        var stereo = Stereo(t => (Math.Sin(2 * Math.PI * 220 * t), Math.Sin(2 * Math.PI * 220 * t)));
        var same = await mesh.Client.RunAsync(Vamps.Config().With(c => c.Stereo = StereoPolicy.Dual), stereo);
        Assert.Equal(same.Channel(0), same.Channel(1));
        Assert.Equal(2u, same.Header.Channels);
        Assert.Equal(AudioFile.Read(stereo).Frames * 2, AudioFile.Read(same.Audio).Samples.Length);

        var wide = await mesh.Client.RunAsync(
            Vamps.Config().With(c => c.Stereo = StereoPolicy.Dual),
            Stereo(t => (Math.Sin(2 * Math.PI * 220 * t), Math.Sin(2 * Math.PI * 330 * t))));
        Assert.NotEqual(wide.Channel(0), wide.Channel(1));
        var mono = await mesh.Client.RunAsync(Vamps.Config().With(c => c.Stereo = StereoPolicy.Dual), Chord);
        Assert.Equal(1u, mono.Header.Channels);
    }

    [Fact]
    public async Task A_stereo_source_stays_stereo_unless_mono_is_asked_for()
    {
        var stereo = Stereo(t => (Math.Sin(2 * Math.PI * 220 * t), Math.Sin(2 * Math.PI * 330 * t)));
        await ExpectAsync(StereoPolicy.Mid, 2, _ => { });
        await ExpectAsync(StereoPolicy.Mono, 1, c => c.Stereo = StereoPolicy.Mono);
        await ExpectAsync(StereoPolicy.Dual, 2, c => c.ExtendBeforeSeconds = 0.1);
        await ExpectAsync(StereoPolicy.Dual, 2, c => c.ExtendAfterSeconds = 0.1);
        await ExpectAsync(StereoPolicy.Dual, 2, c => c.KeepSource = true);
        var file = await mesh.Client.CompressAsync(Vamps.Config().ToCompress(), new MemoryStream(stereo));
        Assert.Equal(StereoPolicy.Dual, file.Config.Stereo);

        async Task ExpectAsync(StereoPolicy policy, uint channels, Action<VampConfig> change)
        {
            var result = await mesh.Client.RunAsync(Vamps.Config().With(change), stereo);
            Assert.Equal((policy, channels), (result.Started.Config.Stereo, result.Header.Channels));
        }
    }

    [Fact]
    public async Task The_sides_of_the_source_stay_around_a_vamped_middle()
    {
        var stereo = Stereo(t => (0.6 * Math.Sin(2 * Math.PI * 220 * t), 0.3 * Math.Sin(2 * Math.PI * 330 * t)));
        var source = AudioFile.Read(stereo);
        var result = await mesh.Client.RunAsync(Vamps.Config().With(c => c.Stereo = StereoPolicy.Mid), stereo);
        var audio = AudioFile.Read(result.Audio);
        Assert.Equal((2, source.Frames), (audio.Channels, audio.Frames));
        var middle = await mesh.Client.RunAsync(Vamps.Config(), stereo);
        Assert.Equal(middle.Tokens, result.Tokens);
        for (var i = 0; i < source.Samples.Length; i += 2)
        {
            if (Math.Abs(audio.Samples[i]) < 1 && Math.Abs(audio.Samples[i + 1]) < 1)
                Assert.Equal(source.Samples[i] - source.Samples[i + 1], audio.Samples[i] - audio.Samples[i + 1], 1e-3f);
        }
        Assert.Equal(1u, (await mesh.Client.RunAsync(Vamps.Config().With(c => c.Stereo = StereoPolicy.Mid), Chord)).Header.Channels);
    }

    [Fact]
    public async Task What_is_invented_before_a_source_has_no_sides()
    {
        // Longer than the pieces that sound is made in.
        const double Before = 2;
        var stereo = Stereo(t => (0.6 * Math.Sin(2 * Math.PI * 220 * t), 0.3 * Math.Sin(2 * Math.PI * 330 * t)));
        var result = await mesh.Client.RunAsync(
            Vamps.Config().With(c => (c.Stereo, c.ExtendBeforeSeconds) = (StereoPolicy.Mid, Before)), stereo);
        var audio = AudioFile.Read(result.Audio);
        Assert.Equal(2, audio.Channels);
        for (var i = 0; i < (int)(Before * 44_100); i++)
            Assert.Equal(audio.Samples[2 * i], audio.Samples[2 * i + 1]);
    }

    [Theory]
    [InlineData(48_000, 48_123)]
    [InlineData(22_050, 30_001)]
    public async Task Rate_and_length_of_the_source_are_kept_on_request(int rate, int frames)
    {
        var wav = AudioFile.Encode(
            new AudioBuffer([.. Enumerable.Range(0, frames).Select(i => 0.1f * MathF.Sin(i * 0.03f))], rate), AudioFormat.Wav16);
        var result = await mesh.Client.RunAsync(Vamps.Config().With(c => c.MatchSource = true), wav);
        Assert.Equal(((uint)rate, (ulong)frames), (result.Header.SampleRate, result.Header.Samples));
        Assert.Equal(frames, AudioFile.Read(result.Audio).Frames);
    }

    [Fact]
    public async Task A_stretched_source_has_its_new_length()
    {
        var result = await mesh.Client.RunAsync(Vamps.Config().With(c => (c.Stretch, c.PitchSemitones) = (1.5, 3)), Chord);
        Assert.Equal((ulong)Math.Round(AudioFile.Read(Chord).Frames * 1.5), result.Header.Samples);
    }

    [Fact]
    public async Task A_preview_is_the_mask_that_a_vamp_would_use()
    {
        var config = Vamps.Config().With(c => (c.Prompt, c.Repeat) = (new Prompt { Random = new RandomPrompt { Intensity = 0.7 } }, 2));
        var preview = await mesh.Client.PreviewAsync(config.ToPreview(), new MemoryStream(Chord));
        var vamp = await mesh.Client.RunAsync(config, Chord);
        Assert.Equal(vamp.Mask, preview.Mask);
        Assert.Equal(vamp.Summary.Figures, preview.Figures);
        Assert.Equal((ulong)preview.Mask.Data.Count(b => b == 0), preview.Figures.VisibleTokens);
        var seconds = preview.Figures.Frames * 768 / 44_100.0;
        Assert.Equal(preview.Figures.VisibleTokens * 10 / seconds, preview.Figures.BitsPerSecond, 6);
    }

    private static byte[] Stereo(Func<double, (double Left, double Right)> sound)
    {
        var samples = new float[2 * 44_100];
        for (var i = 0; i < samples.Length / 2; i++)
        {
            var (left, right) = sound(i / 44_100.0);
            (samples[2 * i], samples[2 * i + 1]) = ((float)(0.2 * left), (float)(0.2 * right));
        }
        return AudioFile.Encode(new AudioBuffer(samples, 44_100, 2), AudioFormat.WavFloat);
    }
}
