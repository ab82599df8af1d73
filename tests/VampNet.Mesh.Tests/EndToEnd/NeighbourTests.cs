using System.Diagnostics;
using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Soak;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.FineGenerator;
using Xunit.Abstractions;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>One client that asks for all that it may, and gives up or not, must not hurt the others.</summary>
[Collection(MeshTests.Name)]
public sealed class NeighbourTests(Support.Mesh mesh, ITestOutputHelper output)
{
    private static readonly byte[] Second = Sounds.Chord(1);

    private const string TenantSetting = "--Admission:MaxCallsPerTenant=50";

    /// <summary>What the machine does beside, and a step of the others that is under way.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    /// <summary>Counts work instead of time: calls of the stage, and bytes of gateway, stages and client together.</summary>
    [Fact]
    public async Task The_largest_request_costs_little_where_it_is_cancelled()
    {
        const int Requests = 20, MostBytes = 32 << 20;
        await using var stages = await StagesAsync(await StageHost.CoarseAsync(new HeldGenerator())); // its first step does not end
        var (coarse, gateway) = (stages.Coarse, stages.Gateway);
        using var client = new VampNetClient(gateway.Address);
        await CancelledAsync(); // what is made once
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Requests; i++)
            await CancelledAsync();
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / Requests;
        double windows;
        do // a call is counted a moment after its permit is free again
            windows = (await PrometheusPage.GetAsync(coarse.Address)).Sum(
                "rpc_server_call_duration_seconds_count", "rpc_method=\"vampnet.generator.v1.CoarseGeneratorService/Generate\"");
        while (windows < Requests + 1);
        output.WriteLine($"{bytes} bytes and {windows / (Requests + 1):0.0} windows a request");
        Assert.InRange(bytes, 0, MostBytes);
        Assert.Equal(Requests + 1, windows);

        async Task CancelledAsync()
        {
            using var cancel = new CancellationTokenSource();
            var vamp = client.RunAsync(Vamps.Largest(), Second, new CallOptions(cancellationToken: cancel.Token));
            while (coarse.AtWork == 0 && !vamp.IsCompleted)
                await Task.Yield();
            await cancel.CancelAsync();
            Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => vamp)).StatusCode);
            await coarse.AtWorkAsync(0);
            await gateway.AtWorkAsync(0);
        }
    }

    [Fact, Trait("Category", "Host")]
    public async Task Two_hundred_cancelled_requests_leave_the_calls_of_another_client_as_fast()
    {
        const int Requests = 200, Calls = 50, WarmUps = 40;
        await using var stages = await StagesAsync();
        using var client = new VampNetClient(stages.Gateway.Address);
        using var abuser = new VampNetClient(stages.Gateway.Address);
        var clip = Sounds.Chord(2);
        var config = Vamps.Config().With(c => (c.CoarseSampling, c.FineSampling) = (null, null)); // as many steps as usual
        var random = new Random(1);
        await TimesAsync(5, () => false);
        await AbuseAsync(WarmUps); // the first ones are compiled
        var quiet = Percentile(await TimesAsync(Calls, () => false), 0.99);
        var abuse = Task.Run(() => AbuseAsync(Requests));
        var times = await TimesAsync(20, () => !abuse.IsCompleted);
        await abuse;
        var disturbed = Percentile(times, 0.99);
        output.WriteLine(
            $"p99 {quiet.TotalMilliseconds:0} ms undisturbed, {disturbed.TotalMilliseconds:0} ms of {times.Count} calls beside");
        Assert.InRange(disturbed, TimeSpan.Zero, (2 * quiet) + Margin);

        async Task AbuseAsync(int requests)
        {
            for (var i = 0; i < requests; i++)
            {
                using var cancel = new CancellationTokenSource(random.Moment());
                await AbusedAsync(abuser, cancel.Token);
            }
        }

        // So many calls, and more for as long as it says.
        async Task<List<TimeSpan>> TimesAsync(int calls, Func<bool> more)
        {
            var times = new List<TimeSpan>();
            while (times.Count < calls || more())
                times.Add(await TimeAsync(client, config, clip));
            return times;
        }
    }

    [Fact, Trait("Category", "Host")]
    public async Task A_short_clip_beside_forty_endless_requests_of_another_tenant_takes_three_times_as_long_at_most()
    {
        const int Requests = 40, Clips = 5;
        await using var stages = await StagesAsync();
        using var client = new VampNetClient(stages.Gateway.Address);
        using var abuser = new VampNetClient(stages.Gateway.Address);
        var clip = Sounds.Chord(2);
        var config = Vamps.Config().With(c => (c.CoarseSampling, c.FineSampling) = (null, null)); // as many steps as usual
        await ClipsAsync();
        var quiet = Percentile(await ClipsAsync(), 0.5);
        using var end = new CancellationTokenSource();
        var (begun, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var abuse = Enumerable.Range(0, Requests).Select(_ => AbusedAsync(abuser, end.Token, () =>
        {
            if (Interlocked.Increment(ref begun) == Requests)
                all.SetResult();
        })).ToList();
        await all.Task;
        var disturbed = Percentile(await ClipsAsync(), 0.5);
        await end.CancelAsync();
        await Task.WhenAll(abuse);
        output.WriteLine(
            $"median {quiet.TotalMilliseconds:0} ms undisturbed, {disturbed.TotalMilliseconds:0} ms beside {Requests} requests");
        Assert.InRange(disturbed, TimeSpan.Zero, 3 * quiet);

        async Task<List<TimeSpan>> ClipsAsync()
        {
            var times = new List<TimeSpan>();
            while (times.Count < Clips)
                times.Add(await TimeAsync(client, config, clip));
            return times;
        }
    }

    private async Task<Stages> StagesAsync(StageHost? coarse = null)
    {
        string[] settings = [$"--Model:Path={mesh.Package.Folder}", "--Model:WatchSeconds=0", TenantSetting];
        coarse ??= await StageHost.StartAsync(b => b.AddCoarseGenerator(), a => a.MapCoarseGenerator(), settings: settings);
        var fine = await StageHost.StartAsync(b => b.AddFineGenerator(), a => a.MapFineGenerator(), settings: settings);
        var codec = await StageHost.CodecAsync(mesh.Package.Folder);
        var gateway = await StageHost.GatewayAsync(
            codec.Address, $"--Stages:CoarseGenerator={coarse.Address}", $"--Stages:FineGenerator={fine.Address}", TenantSetting);
        return new Stages(gateway, codec, coarse, fine);
    }

    /// <summary>Each stage has a device thread of its own, as it has a process of its own in a cluster.</summary>
    private sealed record Stages(StageHost Gateway, StageHost Codec, StageHost Coarse, StageHost Fine) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var host in new[] { Gateway, Codec, Fine, Coarse })
                await host.DisposeAsync();
        }
    }

    private static async Task<TimeSpan> TimeAsync(VampNetClient client, VampConfig config, byte[] audio)
    {
        var clock = Stopwatch.StartNew();
        await client.RunAsync(config, audio, Of("good"));
        return clock.Elapsed;
    }

    /// <summary>Ends when it is cancelled.</summary>
    private static async Task AbusedAsync(VampNetClient client, CancellationToken cancellation, Action? generating = null)
    {
        try
        {
            await foreach (var response in client.VampAsync(
                Vamps.Largest(), new MemoryStream(Second), Of("bad").WithCancellationToken(cancellation)))
            {
                if (response.Source is not null)
                    generating?.Invoke();
            }
            Assert.Fail("it came to its end");
        }
        catch (Exception error) when (cancellation.IsCancellationRequested && error is RpcException or OperationCanceledException)
        {
            // as asked for
        }
    }

    private static CallOptions Of(string tenant) => new(new Metadata { { "x-vampnet-tenant", tenant } });

    private static TimeSpan Percentile(List<TimeSpan> times, double part) => times.Order().ElementAt((int)(part * (times.Count - 1)));
}
