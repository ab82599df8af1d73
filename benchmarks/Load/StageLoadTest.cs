using VampNet.Load;
using VampNet.Protos.Generator.V1;

namespace VampNet.Benchmarks.Load;

/// <summary>One generator stage under every load, with every way to batch.</summary>
/// <param name="Part">coarse or fine</param>
/// <param name="Model">as the stage describes it</param>
/// <param name="Alone">mean seconds of a request that has the server for itself</param>
/// <param name="Saturated">by rounds, then by ways to batch</param>
/// <param name="Loaded">by ways to batch, then by loads</param>
internal sealed record StageLoadTest(
    string Part, GetModelResponse Model, double Alone, IReadOnlyList<IReadOnlyList<Measurement>> Saturated,
    IReadOnlyList<IReadOnlyList<Measurement>> Loaded)
{
    public static async Task<StageLoadTest> RunAsync(string part, LoadOptions options, CancellationToken cancellation)
    {
        var servers = new List<(Variant Variant, LoadServer Server)>();
        try
        {
            foreach (var variant in Variants.All)
                servers.Add((variant, await LoadServer.StartAsync(variant, part, options)));
            var model = await servers[0].Server.Client.GetModelAsync(new GetModelRequest(), cancellationToken: cancellation);
            var mix = new RequestMix(model, LoadOptions.Seed);
            var warmUp = Requests(mix, -1, options.Requests);
            foreach (var server in servers)
                await Clients(server, warmUp).ClosedAsync(LoadOptions.Clients, cancellation);
            var alone = (await Clients(servers[0], warmUp).ClosedAsync(1, cancellation)).Elapsed / options.Requests;

            var saturated = new List<IReadOnlyList<Measurement>>();
            var loaded = new List<(Variant Variant, double Load, Measurement Measurement)>();
            for (var round = 0; round < options.Rounds; round++)
            {
                var requests = Requests(mix, round, options.Requests);
                // Another one begins each round.
                var turn = servers.Skip(round % servers.Count).Concat(servers).Take(servers.Count).ToList();
                var goes = new List<Measurement>();
                foreach (var server in turn)
                    goes.Add(await Clients(server, requests).ClosedAsync(LoadOptions.Clients, cancellation));
                Console.Error.WriteLine($"{part}: round {round + 1} of {options.Rounds}");
                saturated.Add([.. goes.OrderBy(go => go.Variant)]);
                var most = saturated[^1][(int)Variant.One].Throughput;
                foreach (var load in LoadOptions.Loads)
                {
                    foreach (var server in turn)
                        loaded.Add((server.Variant, load, await Clients(server, requests).OpenAsync(load * most, round, cancellation)));
                }
                Same([.. goes, .. loaded.TakeLast(LoadOptions.Loads.Count * turn.Count).Select(l => l.Measurement)]);
            }
            return new StageLoadTest(part, model, alone, saturated,
                [.. Variants.All.Select(variant => LoadOptions.Loads.Select(load => OfLoad(variant, load)).ToList())]);

            Measurement OfLoad(Variant variant, double load) =>
                Measurement.Sum([.. loaded.Where(l => l.Variant == variant && l.Load == load).Select(l => l.Measurement)]);
        }
        finally
        {
            foreach (var (_, server) in servers)
                await server.DisposeAsync();
        }
    }

    private static KeptRequests Clients((Variant Variant, LoadServer Server) server, IReadOnlyList<GenerateRequest> requests) =>
        new(server.Variant, server.Server.Client, requests);

    private static List<GenerateRequest> Requests(RequestMix mix, int round, int count) =>
        [.. Enumerable.Range((round + 1) * count, count).Select(number => mix[number])];

    /// <summary>The same requests got the same tokens, whatever the load and the batch.</summary>
    private static void Same(IReadOnlyList<Measurement> goes)
    {
        if (goes.Select(go => go.Tokens).Distinct().Count() > 1)
            throw new InvalidOperationException("the same requests got different tokens: they depend on their batch");
    }
}

/// <summary>What a server did in one go.</summary>
/// <param name="Elapsed">seconds from the first arrival to the last answer</param>
/// <param name="Latencies">one a request: from the moment that it was to arrive, whatever kept it, to its whole answer</param>
/// <param name="MusicSeconds">of all requests</param>
/// <param name="Tokens">of all answers, in the order of the requests: a digest</param>
internal sealed record Measurement(Variant Variant, double Elapsed, LatencyHistogram Latencies, double MusicSeconds, string Tokens)
{
    /// <summary>Answers a second.</summary>
    public double Throughput => Latencies.Count / Elapsed;

    /// <summary>Several goes of the same kind as one.</summary>
    public static Measurement Sum(IReadOnlyList<Measurement> goes)
    {
        var latencies = new LatencyHistogram();
        foreach (var go in goes)
            latencies.Add(go.Latencies);
        return goes[0] with
        {
            Elapsed = goes.Sum(go => go.Elapsed),
            Latencies = latencies,
            MusicSeconds = goes.Sum(go => go.MusicSeconds),
        };
    }

    /// <summary>The latency that this share of the requests does not exceed.</summary>
    public double Quantile(double share) => Latencies.Quantile(share);
}

/// <summary>How requests share a generator.</summary>
internal enum Variant
{
    /// <summary>One request at a time, first come, first served.</summary>
    One,

    /// <summary>What waits becomes a batch, and stays one until its last member is done; nobody joins in between.</summary>
    Static,

    /// <summary>A batch for every step, of whoever is there: what this project does.</summary>
    Step,
}

internal static class Variants
{
    public static IReadOnlyList<Variant> All { get; } = Enum.GetValues<Variant>();

    public static string Text(this Variant variant) => variant switch
    {
        Variant.One => "one at a time",
        Variant.Static => "static batches",
        _ => "step by step",
    };
}
