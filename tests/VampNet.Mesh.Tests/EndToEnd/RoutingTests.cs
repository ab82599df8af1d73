using Grpc.Core;
using Grpc.Net.Client;
using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Each stage's own service, through the gateway's one port and at its own.</summary>
[Collection(MeshTests.Name)]
public sealed class RoutingTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(1, sampleRate: 32_000, channels: 2);

    [Fact]
    public async Task The_codec_answers_through_the_gateway()
    {
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(Chord));
        Assert.Equal((44_100u, 768u, 14u), (encoded.Header.SampleRate, encoded.Header.Hop, encoded.Header.Codebooks));
        Assert.Equal((uint)Math.Ceiling(encoded.Header.Samples / 768.0), encoded.Tokens.Frames);
        Assert.Equal((32_000u, 2u), (encoded.Header.Source.SampleRate, encoded.Header.Source.Channels));

        var flac = new MemoryStream();
        var header = await mesh.Client.DecodeAsync(encoded.Tokens, new DecodeConfig
        {
            Output = new OutputFormat { Encoding = OutputEncoding.Flac },
            Samples = encoded.Header.Samples,
        }, flac);
        Assert.Equal(encoded.Header.Samples, header.Samples);
        Assert.Equal((int)header.Samples, AudioFile.Read(flac.ToArray()).Frames);
    }

    [Fact]
    public async Task Long_tokens_travel_in_blocks()
    {
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(Sounds.Chord(Support.Mesh.MaxSeconds - 0.5, sampleRate: 8_000)));
        Assert.Equal(encoded.Header.Frames, encoded.Tokens.Frames);
        Assert.InRange(encoded.Tokens.Frames, 1_100u, 1_200u);
        var pcm = new MemoryStream();
        var header = await mesh.Client.DecodeAsync(encoded.Tokens, new DecodeConfig(), pcm);
        Assert.Equal((ulong)encoded.Tokens.Frames * 768, header.Samples);
        Assert.Equal((long)header.Samples * sizeof(float), pcm.Length);
    }

    [Fact]
    public async Task The_beat_tracker_answers_through_the_gateway()
    {
        var track = await mesh.Client.TrackBeatsAsync(new MemoryStream(Sounds.Clicks(8, 100)));
        Assert.InRange(track.Tempo, 95, 105);
        Assert.Equal(track.Beats.Order(), track.Beats);
        Assert.InRange(track.Beats.Count, 10, 15);
    }

    [Theory]
    [InlineData(GeneratorStage.Coarse, 4, 0)]
    [InlineData(GeneratorStage.Fine, 14, 4)]
    public async Task The_path_tells_the_generators_apart(GeneratorStage stage, uint codebooks, uint conditioning)
    {
        var model = await mesh.Client.GetModelAsync(stage);
        Assert.Equal(
            ("tiny", codebooks, conditioning, "cpu", "float32"),
            (model.Served.Model.Package, model.Codebooks, model.ConditioningCodebooks, model.Served.Device, model.Served.Precision));

        var request = new GenerateRequest
        {
            Tokens = Tokens.Masked(codebooks, 30, conditioning),
            Sampling = new Sampling { Steps = 2 },
            Seed = 3
        };
        var steps = new List<uint>();
        var generated = await mesh.Client.GenerateAsync(stage, request, new Collect(steps));
        Assert.Equal([1u, 2], steps);
        Assert.Equal(generated, await mesh.Client.GenerateAsync(stage, request));
        Assert.DoesNotContain(1024, Tokens.Codes(generated));
        Assert.Equal(Tokens.Codes(request.Tokens).Take((int)(conditioning * 30)), Tokens.Codes(generated).Take((int)(conditioning * 30)));
    }

    [Fact]
    public async Task A_generator_at_its_own_port_answers_like_through_the_gateway()
    {
        using var channel = GrpcChannel.ForAddress(mesh.Host.Stages["CoarseGenerator"]);
        var request = new GenerateRequest { Tokens = Tokens.Masked(4, 30, 0), Sampling = new Sampling { Steps = 2 }, Seed = 3 };
        using var call = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel).Generate(request);
        TokenTensor? direct = null;
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            direct = response.Tokens;
        Assert.Equal(await mesh.Client.GenerateAsync(GeneratorStage.Coarse, request), direct);
    }

    [Fact]
    public async Task A_replica_in_another_process_gives_the_same_tokens()
    {
        await using var replica = new ServiceProcess(
            "VampNet.Services.CoarseGenerator", mesh.Package.Folder, null, "--Model:Precision=float32"); // as the mesh's own
        using var channel = GrpcChannel.ForAddress(await replica.AddressAsync());
        await replica.ServingAsync(channel, CoarseGeneratorService.Descriptor.FullName);
        var request = new GenerateRequest { Tokens = Tokens.Masked(4, 200, 0), Sampling = new Sampling { Steps = 6 }, Seed = 11 };
        using var call = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel).Generate(request);
        TokenTensor? there = null;
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            there = response.Tokens;
        Assert.Equal(await mesh.Client.GenerateAsync(GeneratorStage.Coarse, request), there);
    }

    // Progress<T> would report through the thread pool, out of order.
    private sealed class Collect(List<uint> steps) : IProgress<GenerateProgress>
    {
        public void Report(GenerateProgress value) => steps.Add(value.Step);
    }
}
