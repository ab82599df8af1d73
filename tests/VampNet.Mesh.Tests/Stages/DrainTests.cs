using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Tokens.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A stage that is asked to end.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task New_calls_are_refused_while_those_that_run_go_on()
    {
        await using var stage = await StageServer.StartAsync();
        stage.Generator.Loaded.Set();
        await stage.Ready;
        using var channel = stage.Channel();
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel);
        using var cancel = new CancellationTokenSource();
        using var running = client.Generate(Endless(), cancellationToken: cancel.Token);
        await stage.Generator.Started.WaitAsync();

        stage.Drain();
        AssertDraining(await Assert.ThrowsAsync<RpcException>(() => client.GetModelAsync(new GetModelRequest()).ResponseAsync));
        using var refused = client.Generate(Endless());
        AssertDraining(await Assert.ThrowsAsync<RpcException>(() => refused.ResponseStream.MoveNext()));
        Assert.Equal(
            ServingStatus.NotServing,
            (await new Health.HealthClient(channel)
            .CheckAsync(new HealthCheckRequest { Service = CoarseGeneratorService.Descriptor.FullName })).Status);

        var next = running.ResponseStream.MoveNext();
        Assert.False(next.IsCompleted);
        await cancel.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => next)).StatusCode);
    }

    [Fact]
    public async Task Calls_that_outlast_the_grace_are_handed_back()
    {
        await using var stage = await StageServer.StartAsync(settings: "--Drain:Seconds=0");
        stage.Generator.Loaded.Set();
        await stage.Ready;
        using var channel = stage.Channel();
        using var running = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel).Generate(Endless());
        await stage.Generator.Started.WaitAsync();
        stage.Drain();
        AssertDraining(await Assert.ThrowsAsync<RpcException>(() => running.ResponseStream.MoveNext()));
        await stage.StopAsync();
    }

    [Fact]
    public async Task What_gets_ready_while_the_process_ends_is_not_said_to_serve()
    {
        await using var stage = await StageServer.StartAsync();
        using var channel = stage.Channel();
        var health = new Health.HealthClient(channel);
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);
        stage.Drain();
        stage.Claim(CoarseGeneratorService.Descriptor.FullName);
        foreach (var name in new[] { CoarseGeneratorService.Descriptor.FullName, "" })
            Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest { Service = name })).Status);
    }

    private static GenerateRequest Endless() =>
        new()
        {
            Tokens = new TokenTensor
            {
                Codebooks = 4,
                Frames = 1,
                Data = Google.Protobuf.ByteString.CopyFrom([0, 4, 0, 4, 0, 4, 0, 4])
            },
            Sampling = new Sampling { Steps = 2 }
        };

    private static void AssertDraining(RpcException error)
    {
        Assert.Equal((StatusCode.Unavailable, "DRAINING"), (error.StatusCode, error.Detail<Google.Rpc.ErrorInfo>()?.Reason));
        Assert.True(error.Detail<Google.Rpc.RetryInfo>()?.RetryDelay.ToTimeSpan() > TimeSpan.Zero);
    }
}
