using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using VampNet.Core.Tokens;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Telemetry;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using TokenMask = VampNet.Core.Tokens.TokenMask;

namespace VampNet.Simulation.Mesh;

/// <summary>
/// A gateway: the product's admission, choice of replicas, breakers, retries and windows; only calls take no network.
/// </summary>
internal sealed class SimulatedGateway : IDisposable
{
    // What the tokens are does not matter, so there are few; windows and steps are those of the model.
    private const int Codebooks = 2, CoarseCodebooks = 1, CoarseFrames = 575, FineFrames = 173, Steps = 12;

    private static readonly TimeSpan s_lookup = TimeSpan.FromSeconds(5);

    private readonly VirtualTime _time;
    private readonly CostCurves _costs;
    private readonly ReplicaMeters _meters = new();
    private readonly GatewayMetrics _metrics;
    private readonly RetryPipeline _retries;
    private readonly RetryOptions _options;
    private readonly CallLimiter _limiter;
    private readonly Dictionary<string, (SimulatedStage Stage, ReplicaSet Set)> _stages;

    public SimulatedGateway(
        IEnumerable<SimulatedStage> stages, CostCurves costs, RetryOptions retries, int maxCalls, VirtualTime time, Random random)
    {
        (_time, _costs, _options, _metrics) = (time, costs, retries, new GatewayMetrics(_meters));
        _retries = new RetryPipeline(retries, random, time, _metrics, NullLogger<RetryPipeline>.Instance);
        _limiter = new CallLimiter(
            Options.Create(new AdmissionOptions { MaxCalls = maxCalls, MaxCallsPerTenant = maxCalls }),
            new RpcMetrics(_meters, new StageName("gateway")), time);
        _stages = stages.ToDictionary(stage => stage.Name, stage =>
            (stage, new ReplicaSet(stage.Name, new ReplicaOptions(), random, time, NullLoggerFactory.Instance)));
        LookUp();
        Listen();
        Repeat(s_lookup, LookUp);
        Repeat(ReplicaWatch.ReportInterval, Listen);
    }

    /// <summary>Calls to stages, repetitions among them.</summary>
    public int StageCalls { get; private set; }

    /// <summary>One vamp of so much music, mono, everything generated anew.</summary>
    /// <exception cref="RpcException">as a caller sees it</exception>
    public async Task VampAsync(double seconds, Tenant tenant, DateTime deadline, CancellationToken cancellation)
    {
        using var permit = _limiter.Take("Vamp", tenant);
        var call = new Call(tenant, new RetryBudget(_options.PerRequest), deadline);
        var frames = FrameRate.VampNet.ToFrames(seconds);
        // Reading and writing of sound, and the network: half of it before the device's first work, half after its last.
        var aside = _costs.Wall("request", frames) / 2;
        await _time.Delay(aside, cancellation);
        var encode = new StageRequest("encode", [.. CodecChunk.Of(frames).Select(chunk => chunk.Length)], Steps: 1, SharesSteps: false);
        await CallAsync("codec", encode, 1, call, cancellation);
        await using (var windows = new WindowScheduler(Room("coarse"), Room("fine"), new CallOptions(cancellationToken: cancellation)))
        {
            using var responses = new ResponseWriter(_ => Task.CompletedTask);
            using var variation = new Variation(
                0, 0, new TokenMask(1, frames, new bool[frames]), responses.OfAll, new RequestTelemetry(_metrics, _time, "").Variation(0));
            windows.Answer(variation);
            var tokens = Generate(frames, windows, variation, call);
            await windows.WatchAsync(watched => DecodeAsync(frames, tokens, call, watched.CancellationToken));
        }
        await _time.Delay(aside, cancellation);
    }

    public void Dispose()
    {
        foreach (var (_, set) in _stages.Values)
            set.Dispose();
        _meters.Dispose();
    }

    private WindowedPass Generate(int frames, WindowScheduler windows, Variation variation, Call call)
    {
        var known = new KnownTokens(new TokenGrid(Codebooks, frames, new ushort[Codebooks * frames]));
        var leading = new KnownTokens(new TokenGrid(CoarseCodebooks, frames, new ushort[CoarseCodebooks * frames]));
        var hidden = Enumerable.Repeat(true, frames).ToArray();
        var coarse = Pass(Stage.Coarse, "coarse", leading, CoarseCodebooks, CoarseFrames, ahead: 0);
        return Pass(
            Stage.Fine, "fine", new JoinedTokens(coarse, known), Codebooks, FineFrames, windows.MostAtOnce * CoarseFrames);

        WindowedPass Pass(Stage stage, string name, ITokenSource from, int codebooks, int longest, int ahead) => new(
            from, new TokenMask(codebooks, frames, [.. Enumerable.Repeat(hidden, codebooks).SelectMany(flags => flags)]),
            WindowPlan.Create(hidden, longest), ahead, (number, seen) => windows.RunAsync(
                variation, new WindowName(stage, 0, 0, number), async options =>
                {
                    await CallAsync(name, new StageRequest(name, [seen.Frames], Steps, true), Steps, call, options.CancellationToken);
                    return seen;
                }));
    }

    private async Task DecodeAsync(int frames, WindowedPass tokens, Call call, CancellationToken cancellation)
    {
        foreach (var chunk in CodecChunk.Growing(frames))
        {
            await tokens.ReadAsync(chunk.From, chunk.Length).WaitAsync(cancellation);
            await CallAsync("codec", new StageRequest("decode", [chunk.Length], 1, false), 1, call, cancellation);
        }
    }

    private Task<bool> CallAsync(string stage, StageRequest request, int steps, Call call, CancellationToken cancellation)
    {
        var (replicas, set) = _stages[stage];
        return _retries.RunAsync(set, call.Budget, steps, async (work, stop) =>
        {
            StageCalls++;
            await replicas.Of(work.Replica.Address).ServeAsync(request, call.Tenant, call.Deadline, work.Step, stop);
            return true;
        }, cancellation);
    }

    private int Room(string stage) => new WindowOptions().Room("cpu", _stages[stage].Stage.Serving);

    private void LookUp()
    {
        foreach (var (stage, set) in _stages.Values)
            set.Update(stage.Named.Select(replica => replica.Address));
    }

    /// <summary>What <see cref="ReplicaWatch"/> does with streams: takes reports and states, counts silence, gives up the silent.</summary>
    private void Listen()
    {
        foreach (var (stage, set) in _stages.Values)
        {
            foreach (var replica in set.Replicas)
            {
                var process = stage.Of(replica.Address);
                replica.Waited(ReplicaWatch.ReportInterval);
                if (process.Fate != ReplicaFate.Silent)
                {
                    replica.State = process.Fate switch
                    {
                        ReplicaFate.Runs => ReplicaState.Serving,
                        ReplicaFate.Drains => ReplicaState.NotServing,
                        _ => ReplicaState.Unknown,
                    };
                    replica.IsDraining = process.Fate == ReplicaFate.Drains;
                    replica.RecordHeartbeat();
                    replica.Report(process.PendingSteps);
                }
                if (replica.IsHung && set.ServesWithout(replica))
                    replica.Abandon();
            }
        }
    }

    private void Repeat(TimeSpan interval, Action action) => _time.CreateTimer(_ => action(), null, interval, interval);

    /// <summary>What all calls of one request share.</summary>
    private sealed record Call(Tenant Tenant, RetryBudget Budget, DateTime Deadline);
}
