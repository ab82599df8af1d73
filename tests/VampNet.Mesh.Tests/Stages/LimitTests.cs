using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Limits that a stage is configured with.</summary>
[Collection(MeshTests.Name)]
public sealed class LimitTests(Support.Mesh mesh)
{
    private const int MessageBytes = 128 << 10;

    private HeldGenerator Generator { get; } = new();

    [Theory]
    [InlineData("MaxSeconds", "0")]
    [InlineData("MaxSeconds", "86401")]
    [InlineData("MaxAudioBytes", "0")]
    [InlineData("MaxSteps", "0")]
    [InlineData("MaxVariations", "-1")]
    [InlineData("MaxFeedback", "0")]
    [InlineData("MaxMessageBytes", "131071")]
    [InlineData("MaxMessageBytes", "1073741825")]
    [InlineData("MaxStreamsPerConnection", "0")]
    [InlineData("MaxConnections", "0")]
    [InlineData("ConnectionIdleSeconds", "0")]
    [InlineData("IdleSeconds", "0")]
    [InlineData("IdleSeconds", "86401")]
    public async Task A_limit_that_cannot_be_is_refused_on_start(string key, string value)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(
            () => StageHost.CoarseAsync(Generator, settings: $"--Limits:{key}={value}"));
        Assert.StartsWith($"Limits:{key} must be", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_may_be_as_large_as_the_limit_says()
    {
        await using var stage = await StageHost.CodecAsync(mesh.Package.Folder, settings: $"--Limits:MaxMessageBytes={MessageBytes}");
        var client = new CodecService.CodecServiceClient(stage.Channel);
        var name = new GetCodecRequest { Model = new string('m', MessageBytes) };
        name.Model = name.Model[..^(name.CalculateSize() - MessageBytes)];
        Assert.Equal(MessageBytes, name.CalculateSize());
        Assert.Equal(StatusCode.NotFound, await StatusAsync(client.GetCodecAsync(name).ResponseAsync)); // taken, and read
        name.Model += "m";
        Assert.Equal(StatusCode.ResourceExhausted, await StatusAsync(client.GetCodecAsync(name).ResponseAsync));

        using var call = client.Encode();
        await call.RequestStream.WriteAsync(new EncodeRequest { Config = new EncodeConfig() });
        await call.RequestStream.WriteAsync(new EncodeRequest { Audio = ByteString.CopyFrom(new byte[MessageBytes]) });
        Assert.Equal(StatusCode.ResourceExhausted, await StatusAsync(call.ResponseStream.MoveNext()));
    }

    [Fact]
    public async Task A_connection_holds_as_many_calls_as_the_limit_says()
    {
        const string Connections = "kestrel_active_connections";
        await using var stage = await StageHost.CoarseAsync(Generator, settings: "--Limits:MaxStreamsPerConnection=1");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var running = client.Generate(Calls.Generation(steps: 9));
        await Generator.Started.WaitAsync();
        Assert.Equal(2, (await PrometheusPage.GetAsync(stage.Address)).Sum(Connections)); // with the one that asks
        await client.GetModelAsync(new GetModelRequest());
        Assert.InRange((await PrometheusPage.GetAsync(stage.Address)).Sum(Connections), 3, double.MaxValue);
    }

    private static async Task<StatusCode> StatusAsync(Task call) => (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode;
}
