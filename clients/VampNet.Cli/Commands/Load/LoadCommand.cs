using System.CommandLine;
using Grpc.Core;
using VampNet.Cli.Flags;
using VampNet.Core;
using VampNet.Load;
using VampNet.Load.Calls;
using VampNet.Load.Reports;
using VampNet.Load.Servers;

namespace VampNet.Cli.Commands.Load;

/// <summary><c>vampnet load --stage STAGE</c>: puts one stage, or the gateway with all of them, under load.</summary>
internal static class LoadCommand
{
    // Before anything is measured: connections, and what is compiled on first use.
    private const int WarmUpCalls = 4;

    private static readonly TimeSpan QuestionTimeout = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var command = new Command("load", "Put one stage, or the gateway with all of them, under load, and report how it took it.");
        var load = new LoadFlags(command);
        var connection = new ConnectionFlags(command, alias: "--address");
        var metrics = new MetricsFlag(command);
        var reports = new ReportFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (stage, plan) = (load.Stage(parsed), load.Plan(parsed));
            var requests = load.Requests(parsed, connection.ModelName(parsed));
            var before = await reports.ReadAsync(parsed, cancellationToken);
            await using var mesh = await connection.OpenAsync(parsed, cancellationToken);
            var address = StageInfo.All.SingleOrDefault(info => info.Name == stage) is { } info ? mesh.AddressOf(info) : mesh.Gateway;
            using var channel = mesh.OpenChannel(address);
            var target = await LoadTargets.CreateAsync(
                stage, channel, requests,
                new CallOptions(deadline: DateTime.UtcNow + QuestionTimeout, cancellationToken: cancellationToken));
            var run = new LoadRun(target, TimeProvider.System);
            await run.RunAsync(
                plan with { Rate = null, Concurrency = 1, MaxCalls = WarmUpCalls, FirstNumber = LoadPlan.MostCalls, Tenants = 0 },
                cancellationToken);

            using var servers = metrics.Open(parsed, mesh, address);
            var (begun, sample) = (DateTimeOffset.UtcNow, await servers.ReadAsync(cancellationToken));
            var started = TimeProvider.System.GetTimestamp();
            var search = load.Search(parsed) is { } options ? await SearchAsync(run, plan, options, cancellationToken) : null;
            var result = search is null
                ? await run.RunAsync(plan, cancellationToken)
                : (search.Knee ?? search.Steps[0]).Result;
            var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
            var histograms = await servers.SinceAsync(sample, cancellationToken);
            var report = new LoadReport
            {
                Begun = begun,
                Settings = load.Settings(parsed, plan),
                Result = result,
                Work = ServerWork.Of(histograms, seconds),
                Histograms = histograms,
                Saturation = search,
            };
            await reports.WriteAsync(parsed, report, Machine(mesh), cancellationToken);
            if (search is not null)
                Console.WriteLine(Describe(search));
            if (before is not null)
                reports.Compare(parsed, before, report);
            if (result.Done == 0)
                throw new InvalidDataException("no call was answered");
        });
        return command;
    }

    private static async Task<SaturationResult> SearchAsync(
        LoadRun run, LoadPlan plan, SaturationOptions options, CancellationToken cancellationToken)
    {
        var steps = 0;
        return await new SaturationSearch(async rate =>
        {
            // Other requests in each step, so that nothing is remembered.
            var step = plan with { Rate = rate, FirstNumber = ++steps * 2 * LoadPlan.MostCalls };
            if (rate * plan.Duration.TotalSeconds > LoadPlan.MostCalls)
                throw new InvalidDataException($"the search reached {rate:0} calls a second, too many for --duration");
            Console.Error.WriteLine($"step    {steps}: {rate:0.###} calls/s");
            return await run.RunAsync(step, cancellationToken);
        }).RunAsync(options);
    }

    private static string Describe(SaturationResult search) => search switch
    {
        { Knee: null } => "knee    none of the rates held; begin lower, with --rate",
        { IsSaturated: false, Knee: var knee } => $"knee    above {knee.Rate:0.###} calls/s, where the search ended",
        { Knee: { Rate: var rate, Result: var result } } =>
            $"knee    {rate:0.###} calls/s: {result.MusicPerSecond:0.#} s of music a second, p99 {result.Latency.P99:0.000} s",
    };

    private static string Machine(Connection mesh) =>
        $"{Environment.ProcessorCount} cores{(mesh.IsOwn ? ", clients and servers in one process" : "")}";
}
