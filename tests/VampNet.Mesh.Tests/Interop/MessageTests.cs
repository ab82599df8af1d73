using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Interop;

/// <summary>Messages and streams of all sizes.</summary>
[Collection(MeshTests.Name)]
public sealed class MessageTests(Support.Mesh mesh) : InteropCase(mesh)
{
    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Large_unary(Door door)
    {
        using var channel = Generator(door);
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel);
        var request = new EmbedRequest { Tokens = Tokens.Of(4, 50, i => i % 1024), Layer = 1 };
        var small = await client.EmbedAsync(request);
        Assert.Equal(small, await client.EmbedAsync(Padded(request, MessageBytes)));
        await FailsAsync(StatusCode.ResourceExhausted, () => client.EmbedAsync(Padded(request, MessageBytes + 1)).ResponseAsync);

        var generate = Calls.Generation(steps: 1, frames: 50);
        await client.Generate(Padded(generate, MessageBytes)).ResponseStream.ReadToEndAsync();
        await FailsAsync(
            StatusCode.ResourceExhausted, () => client.Generate(Padded(generate, MessageBytes + 1)).ResponseStream.ReadToEndAsync());
        Assert.Equal(small, await client.EmbedAsync(request)); // the connection is as good as before
    }

    [Fact]
    public async Task Large_unary_that_the_gateway_serves()
    {
        using var channel = Gateway();
        var client = new ModelService.ModelServiceClient(channel);
        Assert.Equal(
            await client.ListModelsAsync(new ListModelsRequest()),
            await client.ListModelsAsync(Padded(new ListModelsRequest(), MessageBytes)));
        await FailsAsync(
            StatusCode.ResourceExhausted, () => client.ListModelsAsync(Padded(new ListModelsRequest(), MessageBytes + 1)).ResponseAsync);
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Large_messages_of_a_stream(Door door)
    {
        using var channel = Codec(door);
        var client = new CodecService.CodecServiceClient(channel);
        using (var call = client.Encode())
        {
            await UploadAsync(call, MessageBytes);
            await call.ResponseStream.ReadToEndAsync();
        }
        using (var call = client.Encode())
        {
            await UploadAsync(call, MessageBytes + 1);
            await FailsAsync(StatusCode.ResourceExhausted, () => call.ResponseStream.ReadToEndAsync());
        }

        static Task UploadAsync(AsyncDuplexStreamingCall<EncodeRequest, EncodeResponse> call, int bytes) => call.RequestStream.UploadAsync(
            new EncodeRequest { Config = new EncodeConfig() },
            AsyncEnumerable.Repeat(Padded(new EncodeRequest { Audio = ByteString.CopyFrom(Sounds.Chord(0.5)) }, bytes), 1),
            message => message);
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Empty_stream(Door door)
    {
        using var channel = Codec(door);
        using var encode = new CodecService.CodecServiceClient(channel).Encode();
        await encode.RequestStream.CompleteAsync();
        await Errors.InvalidAsync(() => encode.ResponseStream.ReadToEndAsync(), "config");
        if (door == Door.Stage)
            return;
        using var track = new BeatService.BeatServiceClient(channel).Track();
        await track.RequestStream.CompleteAsync();
        await Errors.InvalidAsync(() => track.ResponseAsync, "config");
        using var vamp = new VampService.VampServiceClient(channel).Vamp();
        await vamp.RequestStream.CompleteAsync();
        await Errors.InvalidAsync(() => vamp.ResponseStream.ReadToEndAsync(), "config");
        using var preview = new VampService.VampServiceClient(channel).Preview();
        await preview.RequestStream.CompleteAsync();
        await Errors.InvalidAsync(() => preview.ResponseAsync, "config");
    }

    [Theory]
    [InlineData(Door.Stage)]
    [InlineData(Door.Route)]
    public async Task Ping_pong(Door door)
    {
        // A chunk of the codec is 640 frames, and hears 64 more.
        const int Chunk = 640, Ping = 704, Frames = 1_100;
        using var channel = Codec(door);
        using var call = new CodecService.CodecServiceClient(channel).Decode();
        var config = new DecodeConfig { Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le }, Samples = Frames * 768 };
        await call.RequestStream.WriteAsync(new DecodeRequest { Config = config });
        await call.RequestStream.WriteAsync(new DecodeRequest { Tokens = Tokens.Of(14, Ping, i => i % 1024) });
        long samples = 0;
        while (samples < Chunk * 768)
        {
            Assert.True(await call.ResponseStream.MoveNext());
            samples += call.ResponseStream.Current.Audio.Length / sizeof(float);
        }
        await call.RequestStream.WriteAsync(new DecodeRequest { Tokens = Tokens.Of(14, Frames - Ping, i => i % 1024) });
        await call.RequestStream.CompleteAsync();
        await foreach (var response in call.ResponseStream.ReadAllAsync())
            samples += response.Audio.Length / sizeof(float);
        Assert.Equal(Frames * 768, samples);
    }
}
