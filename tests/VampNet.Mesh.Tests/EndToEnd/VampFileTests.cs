using System.IO.Hashing;
using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Compressing and expanding through the gateway.</summary>
[Collection(MeshTests.Name)]
[NoTensorLeaks]
public sealed class VampFileTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(2.2, channels: 2);

    public static TheoryData<string> Kinds => new(Configs.Keys);

    private static readonly Dictionary<string, Action<VampConfig>> Configs = new()
    {
        ["bitrate"] = c => c.Prompt = new Prompt { Bitrate = new BitratePrompt { BitsPerSecond = 200 } },
        ["random"] = c => c.Prompt = new Prompt { Random = new RandomPrompt { Intensity = 0.8 } },
        ["beats"] = c => c.Prompt = new Prompt
        {
            AnyOf = new PromptList
            {
                Prompts =
                {
                    new Prompt { Onsets = new OnsetPrompt { Width = 2 } },
                    new Prompt { Beats = new BeatPrompt { AfterSeconds = 0.1 } },
                },
            },
        },
        ["dual"] = c => c.Stereo = StereoPolicy.Dual,
        ["everything"] = c => (c.Feedback, c.Repeat, c.Stretch, c.ExtendBeforeSeconds, c.ExtendAfterSeconds, c.PitchSemitones) =
            (2, 2, 1.25, 0.5, 0.7, -2),
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Expanding_a_file_is_vamping_with_its_prompt(string kind)
    {
        var config = Vamps.Config(seed: 11).With(Configs[kind]);
        var vamp = await mesh.Client.RunAsync(config, Chord);
        var compressed = await mesh.Client.CompressAsync(config.ToCompress(), new MemoryStream(Chord));
        var expanded = await ExpandAsync(new ExpandConfig { Output = config.Output, ReturnTokens = true }, compressed.File);
        Assert.Equal(vamp.Tokens, expanded.Tokens);
        Assert.Equal(vamp.Header, expanded.Header);
        Assert.Equal(vamp.Audio, expanded.Audio);
        Assert.Equal(vamp.Summary.Figures, compressed.Figures);
        Assert.Equal(vamp.Summary.Figures, expanded.Summary.Figures);
        Assert.Equal(11ul, expanded.Summary.Seed);
    }

    [Fact]
    public async Task Rate_and_length_of_the_source_are_in_the_file()
    {
        var source = Sounds.Chord(1.1, sampleRate: 48_000);
        var compressed = await mesh.Client.CompressAsync(Vamps.Config().ToCompress(), new MemoryStream(source));
        var expanded = await ExpandAsync(new ExpandConfig { MatchSource = true }, compressed.File);
        Assert.Equal((48_000u, 52_800ul), (expanded.Header.SampleRate, expanded.Header.Samples));
    }

    [Fact]
    public async Task A_file_of_other_weights_is_refused_with_the_reason()
    {
        var file = (await mesh.Client.CompressAsync(Vamps.Config().ToCompress(), new MemoryStream(Chord))).File.ToByteArray();
        // The bytes of the model's fingerprint lie in the header; any other ones make it a file of other weights.
        var other = WithHeader(file, header => header.Model = ByteString.CopyFrom([.. header.Model.Select(b => (byte)~b)]));
        var error = await Assert.ThrowsAsync<RpcException>(() => ExpandAsync(new ExpandConfig(), other));
        Assert.Equal((StatusCode.FailedPrecondition, "MODEL_NOT_SERVED"), (error.StatusCode, error.Detail<Google.Rpc.ErrorInfo>()?.Reason));
    }

    [Fact]
    public async Task Files_that_are_none_and_configs_that_cannot_be()
    {
        var file = (await mesh.Client.CompressAsync(Vamps.Config().ToCompress(), new MemoryStream(Chord))).File;
        await Errors.InvalidAsync(() => ExpandAsync(new ExpandConfig(), ByteString.CopyFromUtf8("no file at all")), "file");
        await Errors.InvalidAsync(
            () => ExpandAsync(new ExpandConfig(), ByteString.CopyFrom([.. file.SkipLast(1), (byte)~file[^1]])), "file");
        await Errors.InvalidAsync(() => ExpandAsync(new ExpandConfig(), ByteString.Empty), "file");
        await Errors.InvalidAsync(
            () => ExpandAsync(new ExpandConfig { Output = new() { SampleRate = 7 } }, file), "config.output.sample_rate");
        await Errors.InvalidAsync(
            () => mesh.Client.CompressAsync(Vamps.Config().With(c => c.Stereo = StereoPolicy.Mid).ToCompress(), new MemoryStream(Chord)),
            "config.stereo");
        await Errors.InvalidAsync(
            () => mesh.Client.CompressAsync(Vamps.Config().With(c => c.Prompt = null).ToCompress(), new MemoryStream(Chord)),
            "config.prompt");
    }

    public static TheoryData<string> Headers => new(Changes.Keys);

    private static readonly Dictionary<string, Action<VampFileHeader>> Changes = new()
    {
        ["codebooks"] = h => h.Codebooks = 1,
        ["sample_rate"] = h => h.SampleRate = 48_000,
        ["hop"] = h => h.Hop = 769,
        ["channels"] = h => h.Channels = 2,
        ["config.keep_source"] = h => h.Config.KeepSource = true,
        ["config.stereo"] = h => h.Config.Stereo = StereoPolicy.Mid,
        ["config.coarse_sampling.mode"] = h => (h.Config.CoarseSampling ??= new Sampling()).Mode = SamplingMode.Upstream,
    };

    /// <summary>A valid checksum and the fingerprint of a served model do not make the rest of a header true.</summary>
    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_header_that_contradicts_the_model_is_refused(string field)
    {
        // Nothing of the source stays, so that a file holds no tokens and its header can say anything of their shape.
        var config = Vamps.Config().With(c => (c.Prompt, c.Stereo) = (new Prompt { None = new NonePrompt() }, StereoPolicy.Mono));
        var file = (await mesh.Client.CompressAsync(config.ToCompress(), new MemoryStream(Chord))).File.ToByteArray();
        var other = WithHeader(file, Changes[field]);
        await Errors.InvalidAsync(() => ExpandAsync(new ExpandConfig(), other), $"file.header.{field}");
    }

    /// <summary>The same file with another header, and a checksum that is right.</summary>
    private static ByteString WithHeader(byte[] file, Action<VampFileHeader> change)
    {
        var header = VampFileHeader.Parser.ParseDelimitedFrom(new MemoryStream(file[5..]));
        var size = header.CalculateSize();
        change(header);
        var changed = new MemoryStream();
        changed.Write(file.AsSpan(0, 5));
        header.WriteDelimitedTo(changed);
        changed.Write(file.AsSpan()[(5 + CodedOutputStream.ComputeUInt32Size((uint)size) + size)..^4]);
        changed.Write(BitConverter.GetBytes(Crc32.HashToUInt32(changed.ToArray())));
        return ByteString.CopyFrom(changed.ToArray());
    }

    private async Task<VampResult> ExpandAsync(ExpandConfig config, ByteString file)
    {
        using var call = new VampService.VampServiceClient(mesh.Channel).Expand();
        await call.RequestStream.WriteAsync(new ExpandRequest { Config = config });
        if (!file.IsEmpty)
            await call.RequestStream.WriteAsync(new ExpandRequest { File = file });
        await call.RequestStream.CompleteAsync();
        var responses = new List<VampResponse>();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            responses.Add(response.Event);
        return new VampResult(responses);
    }
}
