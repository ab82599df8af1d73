using System.Text;
using Google.Protobuf;
using Grpc.Core;
using VampNet.Audio;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Bad input is INVALID_ARGUMENT with the field named, wherever it comes in.</summary>
[Collection(MeshTests.Name)]
public sealed class BadInputTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(0.5);

    public static TheoryData<string> BadAudio => new(AudioCases.Keys);

    private static readonly Dictionary<string, Func<byte[]>> AudioCases = new()
    {
        ["not audio"] = () => Encoding.UTF8.GetBytes("This is a letter, not a song. It is long enough to be one."),
        ["empty"] = () => [],
        ["truncated header"] = () => Chord[..20],
        ["zero samples"] = () => Chord[..44],
        ["longer than the limit"] = () => Sounds.Chord(Support.Mesh.MaxSeconds + 1, sampleRate: 8_000),
        ["absurd sample rate"] = () => WithSampleRate(Chord, 3_000_000),
        ["cut short"] = () => Chord[..^9_000],
        ["a format that is not read"] = () => [0, 0, 0, 32, .. "ftypM4A "u8, .. new byte[99]],
    };

    [Theory]
    [MemberData(nameof(BadAudio))]
    public async Task Audio_that_cannot_be_used_is_refused_everywhere(string what)
    {
        var audio = AudioCases[what]();
        await Errors.InvalidAsync(() => mesh.Client.RunAsync(Vamps.Config(), audio), "audio");
        await Errors.InvalidAsync(() => mesh.Client.EncodeAsync(new MemoryStream(audio)), "audio");
        await Errors.InvalidAsync(() => mesh.Client.TrackBeatsAsync(new MemoryStream(audio)), "audio");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task Samples_that_are_no_numbers_are_refused(float sample)
    {
        var config = Vamps.Config();
        config.Input = new InputFormat { Encoding = InputEncoding.PcmF32Le, SampleRate = 44_100 };
        var error = await Errors.InvalidAsync(
            () => mesh.Client.RunAsync(config, RawPcm.Encode([0, 0.1f, sample, 0], PcmEncoding.F32Le)), "audio");
        Assert.Equal("AUDIO_NOT_FINITE", error.Detail<Google.Rpc.ErrorInfo>()?.Reason);
    }

    [Fact]
    public async Task Samples_in_units_of_integers_are_refused()
    {
        var config = Vamps.Config();
        config.Input = new InputFormat { Encoding = InputEncoding.PcmF32Le, SampleRate = 44_100 };
        var error = await Errors.InvalidAsync(
            () => mesh.Client.RunAsync(config, RawPcm.Encode([0, 0.1f, -32_768, 0], PcmEncoding.F32Le)), "audio");
        Assert.Equal("AUDIO_OUT_OF_RANGE", error.Detail<Google.Rpc.ErrorInfo>()?.Reason);
    }

    [Fact]
    public async Task Damage_that_is_allowed_is_told()
    {
        var damaged = Chord[..^9_000];
        var error = await Errors.InvalidAsync(() => mesh.Client.RunAsync(Vamps.Config(), damaged), "audio");
        Assert.Equal("AUDIO_DAMAGED", error.Detail<Google.Rpc.ErrorInfo>()?.Reason);
        var config = Vamps.Config();
        config.Input = new InputFormat { AllowDamaged = true };
        var result = await mesh.Client.RunAsync(config, damaged);
        Assert.NotEmpty(result.Audio);
        Assert.StartsWith("audio is damaged at ", result.Source.Damage, StringComparison.Ordinal);
        var track = await mesh.Client.TrackBeatsAsync(new MemoryStream(damaged), new TrackConfig { Input = config.Input });
        Assert.Equal(result.Source.Damage, track.Damage);
        Assert.Equal("", (await mesh.Client.RunAsync(config, Chord)).Source.Damage);
        config.Input = new InputFormat { AllowDamaged = true, Encoding = InputEncoding.PcmS16Le, SampleRate = 44_100 };
        await Errors.InvalidAsync(() => mesh.Client.RunAsync(config, damaged), "config.input.allow_damaged");
    }

    [Theory]
    [InlineData(0u, 1u, "config.input.sample_rate")]
    [InlineData(4_000_000_000u, 1u, "config.input.sample_rate")]
    [InlineData(44_100u, 1_000u, "config.input.channels")]
    public async Task Pcm_formats_out_of_bounds_are_refused_everywhere(uint sampleRate, uint channels, string field)
    {
        var input = new InputFormat { Encoding = InputEncoding.PcmS16Le, SampleRate = sampleRate, Channels = channels };
        var config = Vamps.Config();
        config.Input = input;
        await Errors.InvalidAsync(() => mesh.Client.RunAsync(config, Chord), field);
        await Errors.InvalidAsync(() => mesh.Client.EncodeAsync(new MemoryStream(Chord), new EncodeConfig { Input = input }), field);
        await Errors.InvalidAsync(() => mesh.Client.TrackBeatsAsync(new MemoryStream(Chord), new TrackConfig { Input = input }), field);
    }

    public static TheoryData<string> BadConfigs => new(ConfigCases.Keys);

    private static readonly Dictionary<string, Action<VampConfig>> ConfigCases = new()
    {
        ["config.prompt"] = c => c.Prompt = null,
        ["config.prompt.periodic.period"] = c => c.Prompt.Periodic.Period = -1,
        ["config.variations"] = c => c.Variations = 1_000,
        ["config.feedback"] = c => c.Feedback = 1_000,
        ["config.repeat"] = c => c.Repeat = uint.MaxValue,
        ["config.token_stretch"] = c => (c.TokenStretch, c.KeepSource) = (2, true),
        ["config.snap_to_beats"] = c => c.SnapToBeats = true,
        ["config.input.from_seconds"] = c => c.Input = new InputFormat { FromSeconds = -1 },
        ["config.input.to_seconds"] = c => c.Input = new InputFormat { FromSeconds = 2, ToSeconds = 1 },
        ["config.stretch"] = c => c.Stretch = double.NaN,
        ["config.pitch_semitones"] = c => c.PitchSemitones = -25,
        ["config.stereo"] = c => c.Stereo = (StereoPolicy)9,
        ["config.extend_before_seconds"] = c => c.ExtendBeforeSeconds = -1,
        ["config.extend_after_seconds"] = c => c.ExtendAfterSeconds = Support.Mesh.MaxSeconds,
        ["config.prompt.periodic.width"] = c => c.Prompt.Periodic.Width = -1,
        ["config.prompt.inpaint.prefix_seconds"] = c => c.Prompt = new Prompt
        {
            Inpaint = new InpaintPrompt { PrefixSeconds = double.NaN },
        },
        ["config.prompt.compression.codebooks"] = c => c.Prompt = new Prompt { Compression = new CompressionPrompt { Codebooks = 15 } },
        ["config.prompt.random.intensity"] = c => c.Prompt = new Prompt { Random = new RandomPrompt { Intensity = 1.5 } },
        ["config.prompt.beats.every"] = c => c.Prompt = new Prompt { Beats = new BeatPrompt { Every = -2 } },
        ["config.prompt.regions.regions"] = c => c.Prompt = new Prompt { Regions = new RegionsPrompt() },
        ["config.prompt.regions.regions[0].from_seconds"] = c => c.Prompt = new Prompt
        {
            Regions = new RegionsPrompt { Regions = { new Region { FromSeconds = -1, ToSeconds = 1 } } },
        },
        ["config.prompt.regions.regions[0].to_seconds"] = c => c.Prompt = new Prompt
        {
            Regions = new RegionsPrompt { Regions = { new Region { FromSeconds = 1, ToSeconds = 1 } } },
        },
        ["config.prompt.onsets.width"] = c => c.Prompt = new Prompt { Onsets = new OnsetPrompt() },
        ["config.prompt.dropout.probability"] = c => c.Prompt = new Prompt { Dropout = new DropoutPrompt { Probability = double.NaN } },
        ["config.prompt.bitrate.bits_per_second"] = c => c.Prompt = new Prompt
        {
            Bitrate = new BitratePrompt { BitsPerSecond = double.PositiveInfinity },
        },
        ["config.prompt.not.preset"] = c => c.Prompt = new Prompt { Not = new Prompt { Preset = "Loop" } },
        ["config.prompt.all_of.prompts"] = c => c.Prompt = new Prompt { AllOf = new PromptList() },
        ["config.prompt.any_of.prompts[1]"] = c => c.Prompt = new Prompt
        {
            AnyOf = new PromptList { Prompts = { c.Prompt.Clone(), new Prompt() } },
        },
        ["config.prompt.mask.data"] = c => c.Prompt = new Prompt
        {
            Mask = new TokenMask { Codebooks = 14, Frames = 29, Data = ByteString.CopyFrom(new byte[7]) },
        },
        ["config.prompt.mask.codebooks"] = c => c.Prompt = new Prompt
        {
            Mask = new TokenMask { Codebooks = 3, Frames = 29, Data = ByteString.CopyFrom(new byte[87]) },
        },
        ["config.prompt.mask.frames"] = c => c.Prompt = new Prompt
        {
            Mask = new TokenMask { Codebooks = 14, Frames = 5, Data = ByteString.CopyFrom(new byte[70]) },
        },
        ["config.coarse_sampling.steps"] = c => c.CoarseSampling.Steps = 0,
        ["config.fine_sampling.temperature"] = c => c.FineSampling.Temperature = -1,
        ["config.coarse_sampling.mask_temperature"] = c => c.CoarseSampling.MaskTemperature = float.NaN,
        ["config.coarse_sampling.top_k"] = c => c.CoarseSampling.TopK = 0,
        ["config.coarse_sampling.top_p"] = c => c.CoarseSampling.TopP = 1.5f,
        ["config.coarse_sampling.typical.mass"] = c => c.CoarseSampling.Typical = new TypicalFilter { Mass = 0 },
        ["config.coarse_sampling.sample_cutoff"] = c => c.CoarseSampling.SampleCutoff = -0.5f,
        ["config.output.sample_rate"] = c => c.Output.SampleRate = 7,
    };

    [Theory]
    [MemberData(nameof(BadConfigs))]
    public async Task Configs_that_cannot_be_used_are_refused_by_their_field(string field)
    {
        var config = Vamps.Config();
        ConfigCases[field](config);
        await Errors.InvalidAsync(() => mesh.Client.RunAsync(config, Chord), field);
    }

    [Fact]
    public async Task The_rate_of_the_source_and_another_one_exclude_each_other() =>
        await Errors.InvalidAsync(
            () => mesh.Client.RunAsync(Vamps.Config().With(c => (c.MatchSource, c.Output.SampleRate) = (true, 44_100)), Chord),
            "config.output.sample_rate");

    [Fact]
    public async Task Every_bad_field_is_named_at_once()
    {
        var config = Vamps.Config();
        (config.CoarseSampling.Steps, config.FineSampling.Temperature) = (-3, 0);
        await Errors.InvalidAsync(
            () => mesh.Client.RunAsync(config, Chord), "config.coarse_sampling.steps,config.fine_sampling.temperature");
    }

    [Fact]
    public async Task Data_before_the_config_is_refused()
    {
        using var vamp = new VampService.VampServiceClient(mesh.Channel).Vamp();
        await vamp.RequestStream.WriteAsync(new VampRequest { Audio = ByteString.CopyFrom(Chord) });
        await Errors.InvalidAsync(() => vamp.ResponseStream.MoveNext(), "config");

        using var encode = new CodecService.CodecServiceClient(mesh.Channel).Encode();
        await encode.RequestStream.WriteAsync(new EncodeRequest { Audio = ByteString.CopyFrom(Chord) });
        await Errors.InvalidAsync(() => encode.ResponseStream.MoveNext(), "config");
    }

    [Fact]
    public async Task A_stream_without_a_config_is_refused_and_so_is_one_with_two()
    {
        using var none = new VampService.VampServiceClient(mesh.Channel).Vamp();
        await none.RequestStream.CompleteAsync();
        await Errors.InvalidAsync(() => none.ResponseStream.MoveNext(), "config");

        using var two = new VampService.VampServiceClient(mesh.Channel).Vamp();
        await two.RequestStream.WriteAsync(new VampRequest { Config = Vamps.Config() });
        await two.RequestStream.WriteAsync(new VampRequest { Config = Vamps.Config() });
        await Errors.InvalidAsync(() => two.ResponseStream.ReadToEndAsync(), "audio");
    }

    public static TheoryData<string, string> BadGenerations => new()
    {
        { "token 1025", "tokens.data" },
        { "wrong size", "tokens.data" },
        { "no tokens", "tokens" },
        { "3 codebooks", "tokens.codebooks" },
        { "no frames", "tokens.frames" },
        { "too many frames", "tokens.frames" },
        { "steps 0", "sampling.steps" },
        { "temperature -1", "sampling.temperature" },
    };

    [Theory]
    [MemberData(nameof(BadGenerations))]
    public async Task Generations_that_cannot_be_done_are_refused_by_their_field(string what, string field)
    {
        var request = Calls.Generation(steps: 1);
        switch (what)
        {
            case "token 1025": request.Tokens = Tokens.Of(4, 10, i => i == 17 ? 1025 : 0); break;
            case "wrong size": request.Tokens.Frames = 11; break;
            case "no tokens": request.Tokens = null; break;
            case "3 codebooks": request.Tokens = Tokens.Masked(3, 10, 0); break;
            case "no frames": request.Tokens = Tokens.Masked(4, 0, 0); break;
            case "too many frames": request.Tokens = Tokens.Masked(4, 60 * Support.Mesh.MaxSeconds, 0); break;
            case "steps 0": request.Sampling.Steps = 0; break;
            case "temperature -1": request.Sampling.Temperature = -1; break;
        }
        await Errors.InvalidAsync(() => mesh.Client.GenerateAsync(GeneratorStage.Coarse, request), field);
    }

    [Fact]
    public async Task Mask_in_a_conditioning_codebook_is_refused() =>
        await Errors.InvalidAsync(
            () => mesh.Client.GenerateAsync(GeneratorStage.Fine, new GenerateRequest { Tokens = Tokens.Masked(14, 10, 3) }), "tokens.data");

    [Fact]
    public async Task Tokens_that_cannot_be_decoded_are_refused()
    {
        await Errors.InvalidAsync(() => mesh.Client.DecodeAsync(Tokens.Masked(14, 10, 13), new DecodeConfig(), Stream.Null), "tokens.data");
        await Errors.InvalidAsync(
            () => mesh.Client.DecodeAsync(Tokens.Of(15, 10, _ => 0), new DecodeConfig(), Stream.Null), "tokens.codebooks");
        await Errors.InvalidAsync(
            () => mesh.Client.DecodeAsync(Tokens.Of(14, 10, _ => 0), new DecodeConfig { GainDb = double.NaN }, Stream.Null),
            "config.gain_db");
    }

    private static byte[] WithSampleRate(byte[] wav, int sampleRate)
    {
        var patched = wav.ToArray();
        BitConverter.TryWriteBytes(patched.AsSpan(24), sampleRate);
        return patched;
    }
}
