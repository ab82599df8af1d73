using Google.Rpc;
using Grpc.Core;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Sampling;
using VampNet.Protos.Inference;
using VampNet.Services.CoarseGenerator;

namespace VampNet.Mesh.Tests.OpenInference;

/// <summary>Calls of the protocol come through the door of the native ones: permits, tenants, deadlines, batches, draining.</summary>
public sealed class OpenInferenceDoorTests
{
    private HeldGenerator Generator { get; } = new();

    [Fact]
    public async Task A_full_stage_refuses_to_infer_and_still_answers_questions()
    {
        await using var stage = await StageHost.CoarseAsync(Generator, settings: "--Admission:MaxCalls=1");
        var client = stage.Channel.Client();
        using var running = client.ModelInferAsync(Request());
        await Generator.Started.WaitAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(() => client.ModelInferAsync(Request()).ResponseAsync);
        Assert.Equal((StatusCode.ResourceExhausted, "QUEUE_FULL"), (refused.StatusCode, refused.Detail<ErrorInfo>()!.Reason));
        Assert.NotNull(refused.Detail<RetryInfo>());
        Assert.True((await client.ServerReadyAsync(new())).Ready);
        Assert.True((await client.ModelReadyAsync(new() { Name = "default" })).Ready);
        Assert.Equal("default", (await client.ModelMetadataAsync(new() { Name = "default" })).Name);
        Assert.Equal("default", (await client.ModelConfigAsync(new() { Name = "default" })).Config.Name);
        Assert.Single((await client.ModelStatisticsAsync(new())).ModelStats);
        Assert.Single((await client.RepositoryIndexAsync(new())).Models);
        Assert.NotEmpty((await client.ServerMetadataAsync(new())).Extensions);
        Assert.Equal(1, stage.AtWork);
    }

    [Fact]
    public async Task Native_calls_and_those_of_the_protocol_share_batches()
    {
        await using var stage = await StageHost.CoarseAsync(Generator);
        using var native = new Protos.Generator.V1.CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel)
            .Generate(Calls.Generation(steps: 2));
        await Generator.Started.WaitAsync();
        var inferred = stage.Channel.Client().ModelInferAsync(Request());
        await stage.ScheduledAsync<ITokenGenerator>(2);
        Generator.Release();
        await inferred;
        await native.ResponseStream.ReadToEndAsync();
        Assert.Contains(2, Generator.Batches);
    }

    [Fact]
    public async Task A_tenant_may_take_its_own_permits_only()
    {
        await using var stage = await StageHost.CoarseAsync(
            Generator, settings: ["--Admission:MaxCalls=8", "--Admission:MaxCallsPerTenant=1"]);
        var client = stage.Channel.Client();
        var own = new Metadata { { "x-vampnet-tenant", "a" } };
        using var running = client.ModelInferAsync(Request(), own);
        await Generator.Started.WaitAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(() => client.ModelInferAsync(Request(), own).ResponseAsync);
        Assert.Equal("TENANT_QUEUE_FULL", refused.Detail<ErrorInfo>()!.Reason);
        using var other = client.ModelInferAsync(Request(), new Metadata { { "x-vampnet-tenant", "b" } });
        await stage.AtWorkAsync(2);
        await Errors.InvalidAsync(
            () => client.ModelInferAsync(Request(), new Metadata { { "x-vampnet-tenant", "no name" } }).ResponseAsync, "x-vampnet-tenant");
    }

    [Fact]
    public async Task A_deadline_that_cannot_be_met_is_refused_with_the_estimate()
    {
        var time = new ManualTime();
        await using var stage = await StageHost.CoarseAsync(Generator, time);
        var known = stage.Channel.Client().ModelInferAsync(Request()).ResponseAsync;
        for (var step = 0; step < 2; step++)
        {
            await Generator.Started.WaitAsync();
            time.Advance(TimeSpan.FromSeconds(1));
            Generator.Permits.Release();
        }
        await known;
        var request = Request().With("steps", Inference.Whole(99));
        var error = await Assert.ThrowsAsync<RpcException>(
            () => stage.Channel.Client().ModelInferAsync(request, deadline: time.GetUtcNow().UtcDateTime.AddSeconds(60)).ResponseAsync);
        Assert.Equal((StatusCode.DeadlineExceeded, "DEADLINE_TOO_SHORT"), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
        Assert.Contains("about 99.0 s", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_whose_client_has_gone_leaves_its_permit_and_its_queue()
    {
        await using var stage = await StageHost.CoarseAsync(Generator);
        using var gone = new CancellationTokenSource();
        var call = stage.Channel.Client().ModelInferAsync(Request(), cancellationToken: gone.Token).ResponseAsync;
        await Generator.Started.WaitAsync();
        await gone.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
        await stage.AtWorkAsync(0);
        await stage.ScheduledAsync<ITokenGenerator>(0);
    }

    [Fact]
    public async Task A_stage_that_drains_is_live_but_not_ready()
    {
        await using var stage = await StageHost.CoarseAsync(Generator);
        var client = stage.Channel.Client();
        using var running = client.ModelInferAsync(Request());
        await Generator.Started.WaitAsync();
        stage.Drain();
        Assert.True((await client.ServerLiveAsync(new())).Live);
        Assert.False((await client.ServerReadyAsync(new())).Ready);
        Assert.False((await client.ModelReadyAsync(new() { Name = "default" })).Ready);
        Assert.Equal(
            "DRAINING",
            (await Assert.ThrowsAsync<RpcException>(() => client.ModelInferAsync(Request()).ResponseAsync)).Detail<ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task A_stage_that_loads_is_live_but_not_ready()
    {
        Generator.Loaded.Reset();
        await using var stage = await StageHost.ListenAsync(
            b => b.AddCoarseGenerator().UseModel<ITokenGenerator>(Generator), a => a.MapCoarseGenerator());
        var client = stage.Channel.Client();
        Assert.True((await client.ServerLiveAsync(new())).Live);
        Assert.False((await client.ServerReadyAsync(new())).Ready);
        Assert.False((await client.ModelReadyAsync(new() { Name = "default" })).Ready);
        Assert.Equal(
            "MODEL_LOADING",
            (await Assert.ThrowsAsync<RpcException>(() => client.ModelInferAsync(Request()).ResponseAsync)).Detail<ErrorInfo>()!.Reason);
    }

    private static ModelInferRequest Request() =>
        Inference.RawTokens("default", Tokens.Masked(4, 10, 0)).With("steps", Inference.Whole(2));
}
