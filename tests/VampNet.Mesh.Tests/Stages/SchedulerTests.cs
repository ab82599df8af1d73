using Google.Rpc;
using Grpc.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>How generations share a stage, step by step; the test decides when a step ends.</summary>
public sealed class SchedulerTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private StageHost _stage = null!;
    private CoarseGeneratorService.CoarseGeneratorServiceClient _client = null!;

    private HeldGenerator Generator { get; } = new();

    public async Task InitializeAsync()
    {
        _stage = await StageHost.CoarseAsync(Generator, _time);
        _client = new CoarseGeneratorService.CoarseGeneratorServiceClient(_stage.Channel);
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    [Fact]
    public async Task A_request_joins_at_the_next_step_and_another_leaves_when_it_is_done()
    {
        var first = GenerateAsync(steps: 3);
        await StepBegunAsync();
        var second = GenerateAsync(steps: 3);
        await _stage.ScheduledAsync<ITokenGenerator>(2);
        for (var step = 0; step < 3; step++)
        {
            Generator.Permits.Release();
            await StepBegunAsync();
        }
        Assert.Equal(4, (await first).Count);
        Generator.Permits.Release();
        Assert.Equal(4, (await second).Count);
        Assert.Equal([1, 2, 2, 1], Generator.Batches);
    }

    [Fact]
    public async Task A_cancelled_request_is_gone_at_the_next_step()
    {
        using var going = _client.Generate(Calls.Generation(steps: 9));
        await StepBegunAsync();
        var staying = GenerateAsync(steps: 2);
        await _stage.ScheduledAsync<ITokenGenerator>(2);
        going.Dispose();
        await _stage.ScheduledAsync<ITokenGenerator>(1);
        Generator.Permits.Release(3);
        Assert.Equal(3, (await staying).Count);
        Assert.Equal([1, 1, 1], Generator.Batches);
    }

    [Fact]
    public async Task A_short_request_is_not_held_up_by_forty_long_ones_of_another_tenant()
    {
        var abuser = new Metadata { { "x-vampnet-tenant", "abuser" } };
        var abuses = new List<AsyncServerStreamingCall<GenerateResponse>>();
        for (var i = 0; i < 40; i++)
            abuses.Add(_client.Generate(Calls.Generation(steps: 100), abuser));
        await StepBegunAsync();
        await _stage.ScheduledAsync<ITokenGenerator>(40);
        var before = Generator.Batches.Count;
        var clip = GenerateAsync(steps: 12);
        await _stage.ScheduledAsync<ITokenGenerator>(41);
        // It is in every batch from now on, and takes half of it.
        Generator.Permits.Release(1 + 12);
        Assert.Equal(13, (await clip).Count);
        Assert.InRange(Generator.Batches.Skip(before).Take(12).Sum(), 12, 2 * 12 + 1);
        foreach (var abuse in abuses)
            abuse.Dispose();
        Generator.Permits.Release(1000);
        await _stage.ScheduledAsync<ITokenGenerator>(0);
    }

    [Fact]
    public async Task A_deadline_that_cannot_be_met_is_refused_with_the_estimate()
    {
        // A step of ten frames takes a second.
        var known = GenerateAsync(steps: 2);
        for (var step = 0; step < 2; step++)
        {
            await StepBegunAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
            Generator.Permits.Release();
        }
        await known;
        Generator.Permits.Release(9);
        var deadline = _time.GetUtcNow().UtcDateTime.AddSeconds(60);
        var error = await Assert.ThrowsAsync<RpcException>(() => GenerateAsync(steps: 99, deadline));
        Assert.Equal((StatusCode.DeadlineExceeded, "DEADLINE_TOO_SHORT"), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
        Assert.Contains("about 99.0 s", error.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(10, (await GenerateAsync(steps: 9, deadline)).Count);
    }

    [Fact]
    public async Task A_step_that_fails_in_a_batch_is_made_again_one_by_one()
    {
        Generator.FailsInBatches = true;
        var first = GenerateAsync(steps: 2);
        await StepBegunAsync();
        var second = GenerateAsync(steps: 2);
        await _stage.ScheduledAsync<ITokenGenerator>(2);
        Generator.Permits.Release(10);
        Assert.Equal((3, 3), ((await first).Count, (await second).Count));
        Assert.Equal([1, 2, 1, 1, 1], Generator.Batches);
    }

    private Task<bool> StepBegunAsync() => Generator.Started.WaitAsync(TimeSpan.FromSeconds(30));


    private Task<List<GenerateResponse>> GenerateAsync(int steps, DateTime? deadline = null) =>
        _client.Generate(Calls.Generation(steps), deadline: deadline).ResponseStream.ReadToEndAsync();
}
