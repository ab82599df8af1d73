using Grpc.Core;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Inference;

namespace VampNet.Mesh.Tests.OpenInference;

/// <summary>The Open Inference Protocol gives what the stages' own services give.</summary>
[Collection(MeshTests.Name)]
public sealed class OpenInferenceTests(Support.Mesh mesh)
{
    private static readonly InputFormat s_pcm = new() { Encoding = InputEncoding.PcmF32Le, SampleRate = Inference.SampleRate };

    [Theory]
    [InlineData("CoarseGenerator", GeneratorStage.Coarse, 4, 0)]
    [InlineData("FineGenerator", GeneratorStage.Fine, 14, 4)]
    public async Task Tokens_equal_those_of_the_native_call_with_the_same_seed(
        string stage, GeneratorStage generator, uint codebooks, uint conditioning)
    {
        var hidden = Tokens.Masked(codebooks, frames: 20, conditioning);
        var native = await mesh.Client.GenerateAsync(
            generator,
            new GenerateRequest
            {
                Tokens = hidden,
                Seed = ulong.MaxValue,
                Sampling = new Sampling { Steps = 3, Temperature = 0.75f, TopP = 0.5f, Typical = new TypicalFilter { Mass = 0.5f } },
            });

        using var channel = mesh.ChannelTo(stage);
        var request = Inference.RawTokens("default", hidden)
            .With("seed", new InferParameter { StringParam = $"{ulong.MaxValue}" }).With("steps", Inference.Whole(3))
            .With("temperature", Inference.Number(0.75)).With("top_p", new InferParameter { StringParam = "0.5" })
            .With("typical_mass", Inference.Number(0.5)).With(r => r.Id = "seven");
        var raw = await channel.Client().ModelInferAsync(request);
        Assert.Equal(Tokens.Codes(native), Inference.Integers(raw.RawOutputContents.Single()));
        Assert.Equal(("default", "1.0.0", "seven"), (raw.ModelName, raw.ModelVersion, raw.Id));
        var output = raw.Outputs.Single();
        Assert.Equal(("tokens", "INT32", null), (output.Name, output.Datatype, output.Contents));
        Assert.Equal([codebooks, 20], output.Shape);

        var typed = await channel.Client().ModelInferAsync(request.Typed());
        Assert.Empty(typed.RawOutputContents);
        Assert.Equal(Tokens.Codes(native), typed.Outputs.Single().Contents.IntContents);
        var other = await channel.Client().ModelInferAsync(request.With("seed", Inference.Whole(1)));
        Assert.NotEqual(raw.RawOutputContents, other.RawOutputContents);
    }

    [Fact]
    public async Task Audio_is_encoded_and_decoded_as_by_the_native_calls()
    {
        var samples = Inference.Chord(1.5);
        var encoded = await mesh.Client.EncodeAsync(new MemoryStream(Floats.ToBytes(samples)), new EncodeConfig { Input = s_pcm });
        var sound = new MemoryStream();
        await mesh.Client.DecodeAsync(
            encoded.Tokens, new DecodeConfig { Samples = encoded.Header.Samples, GainDb = -encoded.Header.GainDb }, sound);

        using var channel = mesh.ChannelTo("Codec");
        var audio = Inference.RawAudio("default.encode", samples);
        foreach (var request in new[] { audio, audio.Typed() })
        {
            var tokens = await channel.Client().ModelInferAsync(request);
            Assert.Equal([14, encoded.Tokens.Frames], tokens.Outputs.Single().Shape);
            Assert.Equal(
                Tokens.Codes(encoded.Tokens),
                request.RawInputContents.Count > 0
                    ? Inference.Integers(tokens.RawOutputContents.Single())
                    : tokens.Outputs.Single().Contents.IntContents);
            Assert.Equal(
                (encoded.Header.GainDb, (long)encoded.Header.Samples),
                (tokens.Parameters["gain_db"].DoubleParam, tokens.Parameters["samples"].Int64Param));
        }

        var decoded = await channel.Client().ModelInferAsync(
            Inference.RawTokens("default.decode", encoded.Tokens).With("gain_db", Inference.Number(-encoded.Header.GainDb))
                .With("samples", Inference.Whole((long)encoded.Header.Samples)));
        Assert.Equal([1, samples.Length], decoded.Outputs.Single().Shape);
        Assert.Equal(sound.ToArray(), decoded.RawOutputContents.Single().ToByteArray());
    }

    [Fact]
    public async Task Beats_are_those_of_the_native_call_and_only_wanted_outputs_come()
    {
        var samples = Inference.Chord(2);
        var native = await mesh.Client.TrackBeatsAsync(new MemoryStream(Floats.ToBytes(samples)), new TrackConfig { Input = s_pcm });

        using var channel = mesh.ChannelTo("BeatTracker");
        var all = await channel.Client().ModelInferAsync(Inference.RawAudio("default", samples));
        Assert.Equal(["beats", "downbeats", "onsets", "tempo"], all.Outputs.Select(output => output.Name));
        Assert.Equal(native.Beats.Select(time => (float)time), Floats.FromBytes(all.RawOutputContents[0].Span));
        Assert.Equal([(float)native.Tempo], Floats.FromBytes(all.RawOutputContents[3].Span));
        var wanted = await channel.Client().ModelInferAsync(Inference.RawAudio("default", samples).With(
            r => r.Outputs.Add([new() { Name = "tempo" }, new() { Name = "onsets" }])));
        Assert.Equal(["tempo", "onsets"], wanted.Outputs.Select(output => output.Name));
        Assert.Equal([all.RawOutputContents[3], all.RawOutputContents[2]], wanted.RawOutputContents);
    }

    [Theory]
    [InlineData("Codec", "default.encode", "audio FP32 [1,-1]", "tokens INT32 [14,-1]")]
    [InlineData("Codec", "default.decode", "tokens INT32 [-1,-1]", "audio FP32 [1,-1]")]
    [InlineData("CoarseGenerator", "default", "tokens INT32 [4,-1]", "tokens INT32 [4,-1]")]
    [InlineData("FineGenerator", "default", "tokens INT32 [14,-1]", "tokens INT32 [14,-1]")]
    [InlineData("BeatTracker", "default", "audio FP32 [1,-1]", "beats FP32 [-1], downbeats FP32 [-1], onsets FP32 [-1], tempo FP32 [1]")]
    public async Task A_stage_says_what_it_serves(string stage, string name, string inputs, string outputs)
    {
        using var channel = mesh.ChannelTo(stage);
        var client = channel.Client();
        Assert.True((await client.ServerLiveAsync(new())).Live);
        Assert.True((await client.ServerReadyAsync(new())).Ready);
        Assert.True((await client.ModelReadyAsync(new() { Name = name, Version = "1.0.0" })).Ready);
        Assert.False((await client.ModelReadyAsync(new() { Name = name, Version = "2" })).Ready);
        Assert.False((await client.ModelReadyAsync(new() { Name = "none" })).Ready);
        Assert.StartsWith("vampnet-", (await client.ServerMetadataAsync(new())).Name, StringComparison.Ordinal);

        var metadata = await client.ModelMetadataAsync(new() { Name = name });
        Assert.Equal((name, "1.0.0", "tiny"), (metadata.Name, metadata.Versions.Single(), metadata.Properties["package"]));
        Assert.Equal(inputs, Text(metadata.Inputs.Select(t => (t.Name, t.Datatype, t.Shape.AsEnumerable()))));
        Assert.Equal(outputs, Text(metadata.Outputs.Select(t => (t.Name, t.Datatype, t.Shape.AsEnumerable()))));

        var config = (await client.ModelConfigAsync(new() { Name = name })).Config;
        Assert.Equal((name, 0), (config.Name, config.MaxBatchSize));
        Assert.Equal(inputs, Text(config.Input.Select(t => (t.Name, Type(t.DataType), t.Dims.AsEnumerable()))));
        Assert.Equal(outputs, Text(config.Output.Select(t => (t.Name, Type(t.DataType), t.Dims.AsEnumerable()))));

        var index = (await client.RepositoryIndexAsync(new())).Models;
        Assert.Contains(index, model => (model.Name, model.Version, model.State) == (name, "1.0.0", "READY"));
        Assert.Empty((await client.RepositoryIndexAsync(new() { RepositoryName = "other" })).Models);
    }

    [Fact]
    public async Task Statistics_count_calls_of_the_protocol_and_the_work_of_all()
    {
        using var channel = mesh.ChannelTo("CoarseGenerator");
        var client = channel.Client();
        var before = await StatisticsAsync();
        await client.ModelInferAsync(Inference.RawTokens("default", Tokens.Masked(4, 10, 0)).With("steps", Inference.Whole(3)));
        await Errors.InvalidAsync(
            () => client.ModelInferAsync(Inference.RawTokens("default", Tokens.Masked(5, 10, 0))).ResponseAsync, "inputs.tokens.shape");
        await mesh.Client.GenerateAsync(
            GeneratorStage.Coarse, new GenerateRequest { Tokens = Tokens.Masked(4, 10, 0), Sampling = new Sampling { Steps = 2 } });

        var after = await StatisticsAsync();
        var (old, now) = (before.InferenceStats, after.InferenceStats);
        Assert.Equal((1ul, 1ul), (after.InferenceCount - before.InferenceCount, now.Success.Count - old.Success.Count));
        Assert.Equal(1ul, now.Fail.Count - old.Fail.Count);
        Assert.True(now.Success.Ns > old.Success.Ns);
        Assert.Equal((2ul, 2ul), (now.Queue.Count - old.Queue.Count, now.ComputeInfer.Count - old.ComputeInfer.Count));
        Assert.True(now.ComputeInfer.Ns > old.ComputeInfer.Ns);
        Assert.Equal(5ul, after.ExecutionCount - before.ExecutionCount);
        Assert.Equal(after.ExecutionCount, after.BatchStats.Aggregate(0ul, (sum, batches) => sum + batches.ComputeInfer.Count));
        Assert.InRange((ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - after.LastInference, 0ul, 600_000ul);

        async Task<ModelStatistics> StatisticsAsync()
        {
            var all = (await client.ModelStatisticsAsync(new())).ModelStats;
            var one = (await client.ModelStatisticsAsync(new() { Name = "default", Version = "1.0.0" })).ModelStats;
            Assert.Equal(all, one);
            return all.Single();
        }
    }

    [Fact]
    public async Task The_gateway_leaves_the_protocol_to_the_stages() => Assert.Equal(
        StatusCode.Unimplemented,
        (await Assert.ThrowsAsync<RpcException>(() => mesh.Channel.Client().ServerLiveAsync(new()).ResponseAsync)).StatusCode);

    private static string Type(DataType type) => type == DataType.TypeFp32 ? "FP32" : type == DataType.TypeInt32 ? "INT32" : $"{type}";

    private static string Text(IEnumerable<(string Name, string Type, IEnumerable<long> Shape)> tensors) =>
        string.Join(", ", tensors.Select(t => $"{t.Name} {t.Type} [{string.Join(',', t.Shape)}]"));
}
