using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Hosting.Health;
using Xds.Data.Orca.V3;
using Xds.Service.Orca.V3;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A stage that is asked to end.</summary>
public sealed class DrainTests
{
    private HeldGenerator Generator { get; } = new();

    [Fact]
    public async Task New_calls_are_refused_while_those_that_run_go_on()
    {
        await using var stage = await StageHost.CoarseAsync(Generator);
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var cancel = new CancellationTokenSource();
        using var running = client.Generate(Endless(), cancellationToken: cancel.Token);
        await Generator.Started.WaitAsync();

        stage.Drain();
        AssertDraining(await Assert.ThrowsAsync<RpcException>(() => client.GetModelAsync(new GetModelRequest()).ResponseAsync));
        using var refused = client.Generate(Endless());
        AssertDraining(await Assert.ThrowsAsync<RpcException>(() => refused.ResponseStream.MoveNext()));
        Assert.Equal(
            ServingStatus.NotServing,
            (await new Health.HealthClient(stage.Channel)
            .CheckAsync(new HealthCheckRequest { Service = CoarseGeneratorService.Descriptor.FullName })).Status);

        var next = running.ResponseStream.MoveNext();
        Assert.False(next.IsCompleted);
        await cancel.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => next)).StatusCode);
    }

    [Fact]
    public async Task Until_the_delay_is_over_calls_are_taken_on_new_connections_too_while_nothing_is_said_to_serve()
    {
        var time = new ManualTime();
        await using var stage = await StageHost.CoarseAsync(Generator, time, "--Drain:DelaySeconds=30");
        using var reports = new OpenRcaService.OpenRcaServiceClient(stage.Channel).StreamCoreMetrics(new OrcaLoadReportRequest());
        Assert.DoesNotContain(LoadReportService.Draining, (await NextAsync(reports)).NamedMetrics.Keys);

        var stopping = stage.StopAsync();
        await time.AwaitedAsync(TimeSpan.FromSeconds(30));
        using var channel = GrpcChannel.ForAddress(stage.Address);
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(channel);
        Assert.Equal(ServingStatus.NotServing, (await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest())).Status);
        await client.GetModelAsync(new GetModelRequest());
        time.Advance(TimeSpan.FromSeconds(1)); // the interval of reports
        Assert.Equal(1, (await NextAsync(reports)).NamedMetrics[LoadReportService.Draining]);
        Assert.False(stopping.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(
            StatusCode.Unavailable,
            (await Assert.ThrowsAsync<RpcException>(() => client.GetModelAsync(new GetModelRequest()).ResponseAsync)).StatusCode);
        Assert.False(await reports.ResponseStream.MoveNext());
        await stopping;
    }

    [Fact]
    public async Task Calls_that_outlast_the_grace_are_handed_back()
    {
        await using var stage = await StageHost.CoarseAsync(Generator, settings: "--Drain:Seconds=0");
        using var running = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel).Generate(Endless());
        await Generator.Started.WaitAsync();
        stage.Drain();
        AssertDraining(await Assert.ThrowsAsync<RpcException>(() => running.ResponseStream.MoveNext()));
        await stage.StopAsync();
    }

    [Fact]
    public async Task What_gets_ready_while_the_process_ends_is_not_said_to_serve()
    {
        Generator.Loaded.Reset();
        await using var stage = await StageHost.ListenAsync(
            b => b.AddCoarseGenerator().UseModel<ITokenGenerator>(Generator), a => a.MapCoarseGenerator());
        var health = new Health.HealthClient(stage.Channel);
        Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest())).Status);
        stage.Drain();
        stage.Claim(CoarseGeneratorService.Descriptor.FullName);
        foreach (var name in new[] { CoarseGeneratorService.Descriptor.FullName, "" })
            Assert.Equal(ServingStatus.NotServing, (await health.CheckAsync(new HealthCheckRequest { Service = name })).Status);
    }

    private static async Task<OrcaLoadReport> NextAsync(AsyncServerStreamingCall<OrcaLoadReport> reports)
    {
        Assert.True(await reports.ResponseStream.MoveNext());
        return reports.ResponseStream.Current;
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
