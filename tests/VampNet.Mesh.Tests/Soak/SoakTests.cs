using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using Xunit.Abstractions;

namespace VampNet.Mesh.Tests.Soak;

/// <summary>
/// The mesh under many clients at once who ask for everything, change their minds, run out of time, send nonsense, floods or hardly
/// anything, and die.
/// Nothing of that may stay: no tensor, no place in a queue, no file, no memory; and an answer is the same before, amid
/// and after it.
/// </summary>
[Collection(MeshTests.Name)]
public sealed class SoakTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const int Clients = 10, Thirds = 3, ProbeEvery = 12, LossEvery = 60, Seed = 2026;

    // Fewer calls than the clients may make at once, so that some are turned away; and a cache that has to forget.
    private static readonly Dictionary<string, string> Tight = new()
    {
        ["Limits:MaxSeconds"] = $"{Support.Mesh.MaxSeconds}",
        ["Admission:MaxCalls"] = "8",
        ["Admission:MaxCallsPerTenant"] = "8",
        ["EncodeCache:MaxBytes"] = "100000",
        ["Limits:UploadGraceSeconds"] = "5",
    };

    // Pools of the runtime and of libtorch grow with the most calls that ever met, which is chance: some megabytes are none
    // that a call kept. In the long test they are a few kilobytes a call.
    private const long ManagedTolerance = 12 << 20, ResidentTolerance = 64 << 20;

    // So do pools of threads and of connections.
    private const int ThreadTolerance = 32, HandleTolerance = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TinyPackage _package = new();
    private readonly LogChannel _log = new();
    private MeshHost? _mesh;
    private Action<int> _beforeCall = _ => { }; // told the number of each
    private bool _replicasAreLost; // meanwhile
    private VampNetClient[] _clients = [];

    private MeshHost Mesh => _mesh!;

    private static int HostCalls =>
        int.TryParse(Environment.GetEnvironmentVariable("SOAK_CALLS"), CultureInfo.InvariantCulture, out var calls) ? calls : 4_800;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        if (_mesh is not null)
            await _mesh.DisposeAsync();
    }

    public void Dispose()
    {
        _package.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task Hundreds_of_mixed_calls_leave_nothing_behind()
    {
        await StartAsync();
        await SoakAsync(calls: 480);
    }

    [Fact, Trait("Category", "Host")]
    public async Task Thousands_of_mixed_calls_leave_nothing_behind()
    {
        await StartAsync();
        await SoakAsync(HostCalls);
    }

    /// <summary>One of two processes of the coarse generator is always stopped, killed or on its way back.</summary>
    [Fact, Trait("Category", "Host")]
    public async Task Thousands_of_mixed_calls_leave_nothing_behind_while_replicas_come_and_go()
    {
        await using var replicas = new StageReplicas(StageInfo.Coarse.Program, StageInfo.Coarse.Service, _package.Folder);
        await replicas.StartAsync(2);
        await StartAsync(("Stages:CoarseGenerator", replicas.List));
        var (loss, losses, oneAtATime) = (Task.CompletedTask, 0, new Lock());
        _replicasAreLost = true;
        _beforeCall = number =>
        {
            lock (oneAtATime)
            {
                if (number % LossEvery == 0 && loss.IsCompletedSuccessfully)
                    loss = ChangeAsync(losses++);
            }
        };
        await SoakAsync(HostCalls);
        await loss;
        output.WriteLine($"{losses} changes of replicas");

        Task ChangeAsync(int change)
        {
            var replica = change / 4 % 2;
            switch (change % 4)
            {
                case 0:
                    replicas[replica].Freeze();
                    return Task.CompletedTask;
                case 1:
                    replicas[replica].Thaw();
                    return Task.CompletedTask;
                case 2:
                    return replicas[replica].KillAsync();
                default:
                    return replicas.RestartAsync(replica);
            }
        }
    }

    private async Task StartAsync(params (string Key, string Value)[] more)
    {
        _mesh = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = _package.Folder },
            Configuration = Tight.Concat(more.Select(m => KeyValuePair.Create(m.Key, m.Value))).ToDictionary(),
            // gRPC itself calls it an error when a client resets a call before its request is read.
            Logging = logging => logging.ClearProviders().AddProvider(_log).AddFilter<LogChannel>(null, LogLevel.Error)
                .AddFilter<LogChannel>("Grpc", LogLevel.None),
        });
        _clients = [new(Mesh.Gateway), new(Mesh.Gateway), new(Mesh.Gateway)];
    }

    private async Task SoakAsync(int calls)
    {
        var probes = SoakRequest.Probes();
        var expected = new List<string>();
        foreach (var probe in probes)
            expected.Add(await AnswerAsync(probe));
        var before = await Footprint.OfAsync(Mesh);
        var outcomes = new ConcurrentBag<Outcome>();
        var memory = new List<Memory>();
        for (var third = 0; third < Thirds; third++)
        {
            var clock = Stopwatch.StartNew();
            await Parallel.ForEachAsync(
                Enumerable.Range(third * calls / Thirds, calls / Thirds), new ParallelOptions { MaxDegreeOfParallelism = Clients },
                async (number, _) =>
            {
                _beforeCall(number);
                var probe = number / ProbeEvery % probes.Count;
                if (number % ProbeEvery == 0)
                    Assert.Equal((probes[probe].Name, expected[probe]), (probes[probe].Name, await AnswerAsync(probes[probe])));
                else
                    outcomes.Add(await CallAsync(number));
            });
            await NothingIsLeftAsync(before);
            memory.Add(Memory.Now());
            output.WriteLine($"third {third + 1}: {clock.Elapsed.TotalSeconds:0.0} s, {memory[^1]}");
        }
        var errors = _log.Rest();
        Report(outcomes, errors);
        foreach (var (probe, answer) in probes.Zip(expected))
            Assert.Equal(answer, await AnswerAsync(probe));

        Assert.DoesNotContain(outcomes, outcome => !outcome.IsExpected(_replicasAreLost));
        Assert.Empty(errors);
        Assert.InRange(memory[^1].Managed, 0, memory[0].Managed + ManagedTolerance);
        Assert.InRange(memory[^1].Resident, 0, memory[0].Resident + ResidentTolerance);
        Assert.InRange(memory[^1].Threads, 0, memory[0].Threads + ThreadTolerance);
        Assert.InRange(memory[^1].Handles, 0, memory[0].Handles + HandleTolerance);
        foreach (var status in (StatusCode[])[StatusCode.OK, StatusCode.Cancelled, StatusCode.DeadlineExceeded, StatusCode.InvalidArgument,
            StatusCode.ResourceExhausted, StatusCode.Aborted])
            Assert.Contains(outcomes, outcome => outcome.Status == status);
        Assert.Contains(outcomes, outcome => outcome.Refused);
    }

    /// <summary>One call: what, by whom, and what becomes of it are decided by its number.</summary>
    private Task<Outcome> CallAsync(int number)
    {
        var random = new Random(Seed + number);
        var request = SoakRequest.Draw(random, Mesh.Gateway);
        var fate = request.IsEndless
            ? random.One(Fate.Cancel, Fate.Deadline, Fate.Die)
            : random.One(Fate.Finish, Fate.Finish, Fate.Finish, Fate.Cancel, Fate.Deadline, Fate.Die);
        return request.MeetAsync(fate, random.Moment(), random.One(_clients), Mesh.Gateway);
    }

    /// <summary>The answer to a probe, asked for until the mesh takes it.</summary>
    private async Task<string> AnswerAsync(SoakRequest probe)
    {
        while (true)
        {
            var outcome = await probe.MeetAsync(Fate.Finish, default, _clients[0], Mesh.Gateway);
            if (outcome.Status == StatusCode.OK)
                return outcome.Answer;
            Assert.True(outcome.IsExpected(_replicasAreLost), $"{probe.Name}: {outcome.Status}, {outcome.Detail}");
        }
    }

    /// <summary>Whoever was cancelled or is dead takes a moment to be noticed by all servers.</summary>
    private async Task NothingIsLeftAsync(Footprint before)
    {
        var clock = Stopwatch.StartNew();
        List<string> left;
        while ((left = [.. (await Footprint.OfAsync(Mesh)).Beyond(before)]).Count > 0)
            Assert.True(clock.Elapsed < Patience, $"still there:\n{string.Join('\n', left)}");
    }

    private void Report(IReadOnlyCollection<Outcome> outcomes, IReadOnlyList<string> errors)
    {
        foreach (var group in outcomes.GroupBy(o => (o.Name, o.Fate)).OrderBy(g => g.Key.Name).ThenBy(g => g.Key.Fate))
            output.WriteLine(
                $"{group.Key.Name}, {group.Key.Fate}: "
                    + $"{string.Join(", ", group.CountBy(o => o.Status).OrderBy(s => s.Key).Select(s => $"{s.Value} {s.Key}"))}");
        foreach (var error in errors)
            output.WriteLine($"LOGGED: {error}");
        foreach (var outcome in outcomes.Where(o => !o.IsExpected(_replicasAreLost)))
            output.WriteLine($"NOT EXPECTED: {outcome}");
    }
}
