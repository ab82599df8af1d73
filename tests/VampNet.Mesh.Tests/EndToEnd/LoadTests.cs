using VampNet.Client;
using VampNet.Load;
using VampNet.Load.Calls;
using VampNet.Load.Servers;
using VampNet.Mesh.Tests.Support;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Load tests over real sockets: of every stage by itself, and of the gateway.</summary>
[Collection(MeshTests.Name)]
public sealed class LoadTests(Support.Mesh mesh)
{
    private const int Calls = 6;

    [Theory]
    [InlineData("codec", "Codec", "encode", "decode short", "encode short")]
    [InlineData("coarse", "CoarseGenerator", "generate", "short")]
    [InlineData("fine", "FineGenerator", "generate", "short")]
    public async Task A_stage_is_put_under_load_by_itself(string stage, string program, string operation, params string[] kinds)
    {
        var address = new Uri(mesh.Host.Stages[program]);
        using var metrics = new ServerMetrics([new Uri(address, "/metrics")]);
        var before = await metrics.ReadAsync(CancellationToken.None);
        var result = await RunAsync(stage, address, new LoadPlan { Duration = TimeSpan.FromMinutes(5), Concurrency = 2, Tenants = 3 });

        Assert.Equal((Calls, 0), (result.Done, result.Failed));
        Assert.Equal(3 * Calls, result.MusicSeconds);
        Assert.Equal(kinds, result.Kinds.Select(kind => kind.Name));
        Assert.Equal([2L, 2, 2], result.Tenants.Select(tenant => tenant.Latency.Count));
        Assert.Equal((Calls, 1), (result.First.Count, result.Fairness));
        Assert.True(result.First.P50 <= result.Latency.P50);

        var histograms = (await metrics.ReadAsync(CancellationToken.None)).Since(before);
        var work = ServerWork.Of(histograms, result.Seconds).Single(work => work.Operation == operation);
        Assert.Equal((stage, stage == "codec" ? Calls / 2 : Calls), (work.Stage, work.Jobs));
        Assert.True(work is { Service: > 0, BatchSize: >= 1, DeviceShare: > 0 });
        Assert.Contains(histograms, histogram => histogram.Metric == "rpc_server_call_duration_seconds");
    }

    [Fact]
    public async Task The_gateway_and_beats_by_route_are_put_under_load_on_a_schedule()
    {
        foreach (var target in new[] { "gateway", "beats" })
        {
            var plan = new LoadPlan { Duration = TimeSpan.FromMinutes(5), Rate = 20, Concurrency = 4, Timeout = TimeSpan.FromMinutes(5) };
            var result = await RunAsync(target, mesh.Host.Gateway, plan);
            Assert.Equal((Calls, 0), (result.Done, result.Failed));
            // The first audio of a vamp comes before its end; beats come in one piece.
            Assert.Equal(target == "gateway" ? Calls : 0, result.First.Count);
            Assert.True(result.Latency.Max > 0);
        }
    }

    [Fact]
    public async Task Errors_of_a_stage_are_counted_with_their_reason()
    {
        var plan = new LoadPlan { Duration = TimeSpan.FromMinutes(5), Tenants = 1, TenantHeader = "x-vampnet-weights" };
        var result = await RunAsync("coarse", new Uri(mesh.Host.Stages["CoarseGenerator"]), plan);
        Assert.Equal([new CallError("Aborted", "WEIGHTS_CHANGED", Calls)], result.Errors);
    }

    private static async Task<LoadResult> RunAsync(string name, Uri address, LoadPlan plan)
    {
        using var channel = GatewayChannel.Open(address, new VampNetClientOptions());
        var target = await LoadTargets.CreateAsync(name, channel, new LoadRequests("short", Steps: 2), default);
        return await new LoadRun(target, TimeProvider.System).RunAsync(plan with { MaxCalls = Calls }, CancellationToken.None);
    }
}
