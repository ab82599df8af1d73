using System.Diagnostics;
using Microsoft.Extensions.Logging;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Prompt.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using Xunit.Abstractions;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Two processes of a stage, of which one is stopped under load: its connections stand, and nothing comes over them.</summary>
[Collection(MeshTests.Name)]
public sealed class HungReplicaTests(ITestOutputHelper output) : IDisposable
{
    private static readonly byte[] Clicks = Sounds.Clicks(2, 120);

    // What a call may lose: ten seconds of silence, and the work that is done again.
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(15);

    private readonly TinyPackage _package = new();
    private readonly LogChannel _log = new();

    public void Dispose()
    {
        _package.Dispose();
        _log.Dispose();
    }

    [Theory, Trait("Category", "Host")]
    [InlineData("Codec")]
    [InlineData("CoarseGenerator")]
    [InlineData("FineGenerator")]
    [InlineData("BeatTracker")]
    public async Task Its_calls_go_on_elsewhere_and_give_the_same_tokens(string program)
    {
        var stage = StageInfo.All.Single(info => info.Program == program);
        await using var replicas = new StageReplicas(program, stage.Service, _package.Folder);
        await replicas.StartAsync(2);
        await using var mesh = await StartAsync(program, replicas);
        using var client = new VampNetClient(mesh.Gateway);
        var seeds = Enumerable.Range(0, 4).Select(seed => (ulong)seed).ToList();
        await Task.WhenAll(seeds.Select(seed => RunAsync(client, seed))); // warms up
        var undisturbed = await Task.WhenAll(seeds.Select(seed => RunAsync(client, seed)));

        var begun = seeds.Select(seed => RunAsync(client, seed)).ToList();
        replicas[0].Freeze();
        var disturbed = (await Task.WhenAll(begun)).ToList();
        // Now it is known: nothing is lost any more.
        var later = await Task.WhenAll(seeds.Select(seed => RunAsync(client, seed)));
        replicas[0].Thaw();
        await _log.NextAsync($"{stage.Name} at {replicas.Addresses[0]} is Serving");

        for (var i = 0; i < seeds.Count; i++)
        {
            Assert.Equal(undisturbed[i].Result.Tokens, disturbed[i].Result.Tokens);
            Assert.Equal(undisturbed[i].Result.Audio, disturbed[i].Result.Audio);
            Assert.Equal(undisturbed[i].Result.Tokens, later[i].Result.Tokens);
        }
        output.WriteLine(
            $"slowest call: undisturbed {undisturbed.Max(run => run.Took)}, disturbed {disturbed.Max(run => run.Took)}, "
            + $"later {later.Max(run => run.Took)}");
        var slowest = undisturbed.Max(run => run.Took);
        Assert.True(
            disturbed.Max(run => run.Took) <= slowest + Allowed,
            $"undisturbed {slowest}, disturbed {disturbed.Max(run => run.Took)}, later {later.Max(run => run.Took)}");
        Assert.True(later.Max(run => run.Took) <= slowest + Allowed / 3, $"undisturbed {slowest}, later {later.Max(run => run.Took)}");
    }

    private static async Task<(VampResult Result, TimeSpan Took)> RunAsync(VampNetClient client, ulong seed)
    {
        var config = Vamps.Config(seed).With(c =>
        {
            (c.CoarseSampling.Steps, c.FineSampling.Steps) = (60, 40);
            c.Prompt = new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.05, AfterSeconds = 0.05 } };
        });
        var watch = Stopwatch.StartNew();
        return (await client.RunAsync(config, Clicks), watch.Elapsed);
    }

    private async Task<MeshHost> StartAsync(string program, StageReplicas replicas)
    {
        var mesh = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = _package.Folder },
            Configuration = new Dictionary<string, string> { [$"Stages:{program}"] = replicas.List, ["EncodeCache:MaxBytes"] = "0" },
            Logging = logging => logging.ClearProviders().AddProvider(_log),
        });
        var missing = replicas.Addresses.ToHashSet();
        while (missing.Count > 0)
        {
            var line = await _log.NextAsync(" is Serving");
            missing.RemoveWhere(address => line.Contains($"{address} ", StringComparison.Ordinal));
        }
        return mesh;
    }
}
