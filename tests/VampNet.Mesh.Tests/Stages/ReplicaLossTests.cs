using Microsoft.Extensions.Logging;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Two replicas of a stage, of which one goes away while it works.</summary>
[Collection(MeshTests.Name)]
public sealed class ReplicaLossTests : IDisposable
{
    private static readonly byte[] Stereo = Sounds.Chord(1.5, channels: 2), Clicks = Sounds.Clicks(2, 120);

    private readonly TinyPackage _package = new();
    private readonly LogChannel _log = new();

    public void Dispose()
    {
        _package.Dispose();
        _log.Dispose();
    }

    /// <summary>Killed: the connection breaks. Asked to end without a grace: the call is handed back.</summary>
    [Theory]
    [InlineData("CoarseGenerator", Stage.Coarse, true)]
    [InlineData("CoarseGenerator", Stage.Coarse, false)]
    [InlineData("FineGenerator", Stage.Fine, true)]
    public async Task A_vamp_whose_generator_is_lost_in_the_middle_ends_as_if_nothing_had_been(string program, Stage stage, bool killed)
    {
        await using var replicas = new StageReplicas(
            program, StageInfo.All.Single(info => info.Program == program).Service, _package.Folder, "--Drain:Seconds=0");
        await replicas.StartAsync(2);
        await using var mesh = await StartAsync((program, replicas));
        using var client = new VampNetClient(mesh.Gateway);
        var config = Long(stage);
        var undisturbed = await client.RunAsync(config, Stereo);

        var responses = new List<VampResponse>();
        var (gone, reached) = (false, false);
        await foreach (var response in client.VampAsync(config, new MemoryStream(Stereo)))
        {
            responses.Add(response);
            // The stage has both channels by then, one on each replica: the stages before it are done with them.
            reached |= stage == Stage.Coarse || response.Progress is { Stage: Stage.Coarse } coarse && coarse.Step == coarse.Steps;
            if (gone || !reached || response.Progress?.Stage != stage)
                continue;
            gone = true;
            if (killed)
                await replicas[0].KillAsync();
            else
                replicas[0].Terminate();
        }
        var disturbed = new VampResult(responses);
        await _log.NextAsync("is repeated");
        Assert.Equal(undisturbed.Channel(0), disturbed.Channel(0));
        Assert.Equal(undisturbed.Channel(1), disturbed.Channel(1));
        Assert.Equal(undisturbed.Audio, disturbed.Audio);
        foreach (var counted in new[] { Stage.Coarse, Stage.Fine })
        {
            var steps = disturbed.Progress(counted).ToList();
            Assert.Equal(steps[^1].Steps, steps[^1].Step);
            Assert.Equal(steps.Select(s => s.Step).Distinct(), steps.Select(s => s.Step));
        }
    }

    [Fact]
    public async Task A_replica_that_drains_ends_its_work_and_gets_no_more()
    {
        await using var replicas = new StageReplicas("CoarseGenerator", CoarseGeneratorService.Descriptor.FullName, _package.Folder);
        await replicas.StartAsync(2);
        await using var mesh = await StartAsync(("CoarseGenerator", replicas));
        using var client = new VampNetClient(mesh.Gateway);
        var undisturbed = await client.RunAsync(Long(Stage.Coarse), Stereo);

        var responses = new List<VampResponse>();
        var asked = false;
        await foreach (var response in client.VampAsync(Long(Stage.Coarse), new MemoryStream(Stereo)))
        {
            responses.Add(response);
            if (asked || response.Progress?.Stage != Stage.Coarse)
                continue;
            asked = true;
            replicas[0].Terminate();
            await _log.NextAsync("coarse at " + replicas.Addresses[0] + " is NotServing");
            // New work is done elsewhere, while the old goes on.
            await client.RunAsync(Vamps.Config(), Sounds.Chord(0.5));
        }
        Assert.Equal(undisturbed.Audio, new VampResult(responses).Audio);
        Assert.Equal(0, await replicas[0].ExitCodeAsync());
        Assert.DoesNotContain(_log.Rest(), line => line.Contains("is repeated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_only_replica_of_a_stage_may_be_away_for_a_while_and_no_request_fails()
    {
        await using var replicas = new StageReplicas("Codec", CodecService.Descriptor.FullName, _package.Folder);
        await replicas.StartAsync(1);
        await using var mesh = await StartAsync(("Codec", replicas));
        using var client = new VampNetClient(mesh.Gateway);
        var expected = await client.RunAsync(Long(Stage.Coarse), Stereo);
        await replicas[0].KillAsync();
        var waiting = client.RunAsync(Long(Stage.Coarse), Stereo);
        await replicas.RestartAsync(0);
        Assert.Equal(expected.Audio, (await waiting).Audio);
    }

    /// <summary>The proof of the mesh: every process of it is killed and started again, one after the other, while it works.</summary>
    [Fact]
    public async Task Every_stage_process_may_die_under_load_and_no_request_fails()
    {
        var stages = new (string Program, string Service, string Stage)[]
        {
            ("Codec", CodecService.Descriptor.FullName, "codec"),
            ("CoarseGenerator", CoarseGeneratorService.Descriptor.FullName, "coarse"),
            ("FineGenerator", FineGeneratorService.Descriptor.FullName, "fine"),
            ("BeatTracker", BeatService.Descriptor.FullName, "beats"),
        };
        var replicas = stages.ToDictionary(s => s.Program, s => new StageReplicas(s.Program, s.Service, _package.Folder));
        try
        {
            foreach (var stage in stages)
                await replicas[stage.Program].StartAsync(2);
            await using var mesh = await StartAsync([.. replicas.Select(r => (r.Key, r.Value))]);
            using var client = new VampNetClient(mesh.Gateway);
            var expected = await Task.WhenAll(Enumerable.Range(0, 3).Select(seed => client.RunAsync(OnBeats((ulong)seed), Clicks)));

            using var enough = new CancellationTokenSource();
            var load = Enumerable.Range(0, 3).Select(seed => Task.Run(() => RepeatAsync(client, (ulong)seed, expected[seed], enough.Token)))
                .ToArray();
            foreach (var stage in stages)
            {
                for (var number = 0; number < 2; number++)
                {
                    await replicas[stage.Program][number].KillAsync();
                    await replicas[stage.Program].RestartAsync(number);
                    await _log.NextAsync($"{stage.Stage} at {replicas[stage.Program].Addresses[number]} is Serving");
                }
            }
            await enough.CancelAsync();
            Assert.All(await Task.WhenAll(load), runs => Assert.InRange(runs, 2, int.MaxValue));
        }
        finally
        {
            foreach (var stage in replicas.Values)
                await stage.DisposeAsync();
        }
    }

    private static async Task<int> RepeatAsync(VampNetClient client, ulong seed, VampResult expected, CancellationToken enough)
    {
        var runs = 0;
        for (; !enough.IsCancellationRequested; runs++)
        {
            var result = await client.RunAsync(OnBeats(seed), Clicks);
            Assert.Equal(expected.Tokens, result.Tokens);
            Assert.Equal(expected.Audio, result.Audio);
        }
        return runs;
    }

    /// <summary>A mesh whose stages are these; what is not among them runs in this process.</summary>
    private async Task<MeshHost> StartAsync(params (string Program, StageReplicas Replicas)[] stages)
    {
        var mesh = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = _package.Folder },
            // Nothing is remembered, so that every stage has to do its part each time.
            Configuration = new Dictionary<string, string>(stages.Select(s => KeyValuePair.Create($"Stages:{s.Program}", s.Replicas.List)))
            { ["EncodeCache:MaxBytes"] = "0" },
            Logging = logging => logging.ClearProviders().AddProvider(_log),
        });
        // Ready is a gateway that knows one of each stage; here it shall know them all.
        var missing = stages.SelectMany(s => s.Replicas.Addresses).ToHashSet();
        while (missing.Count > 0)
        {
            var line = await _log.NextAsync(" is Serving");
            missing.RemoveWhere(address => line.Contains($"{address} ", StringComparison.Ordinal));
        }
        return mesh;
    }

    /// <summary>Long enough in one stage for something to happen meanwhile.</summary>
    private static VampConfig Long(Stage stage) => Vamps.Config().With(c =>
    {
        (c.Stereo, c.CoarseSampling.Steps, c.FineSampling.Steps) =
            (StereoPolicy.Dual, stage == Stage.Coarse ? 200 : 10, stage == Stage.Fine ? 200 : 10);
    });

    private static VampConfig OnBeats(ulong seed) => Vamps.Config(seed).With(c =>
    {
        (c.CoarseSampling.Steps, c.FineSampling.Steps) = (30, 20);
        c.Prompt = new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.05, AfterSeconds = 0.05 } };
    });
}
