using Grpc.Core;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Packages;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using VampNet.Testing;
using Kind = VampNet.Protos.Vamp.V1.VampResponse.ContentOneofCase;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Several variations of one request: made side by side, answered one after the other.</summary>
[Collection(MeshTests.Name)]
[NoTensorLeaks]
public sealed class VariationTests(Support.Mesh mesh)
{
    private static readonly byte[] Chord = Sounds.Chord(1.5);

    [Fact]
    public async Task They_are_answered_in_order_while_later_ones_are_in_the_making()
    {
        await using var wide = await Wide();
        using var client = new VampNetClient(wide.Gateway);
        var result = await client.RunAsync(Several(4), Chord);
        var answers = result.Responses.Where(r => r.ContentCase != Kind.Progress).SkipWhile(r => r.Mask is null).ToList();
        Assert.Equal(answers.Select(r => r.Variation).Order(), answers.Select(r => r.Variation));
        for (var n = 0u; n < 4; n++)
        {
            Assert.Equal(
                [Kind.Mask, Kind.Header, Kind.Tokens, Kind.Audio, Kind.Summary],
                result.Variation(n).Responses.Select(r => r.ContentCase).Where(c => c is not (Kind.Progress or Kind.Started or Kind.Source))
                .Distinct());
            Assert.Equal(Enumerable.Range(1, 30).Select(i => (uint)i), result.Variation(n).Progress(Stage.Coarse).Select(p => p.Step));
        }
        Assert.InRange(
            First(result, r => r.Variation == 3 && r.Progress?.Stage == Stage.Coarse), 0, First(result, r => r.Summary is not null));

        var narrow = await mesh.Client.RunAsync(Several(4), Chord);
        for (var n = 0u; n < 4; n++)
        {
            Assert.Equal(narrow.Variation(n).Tokens, result.Variation(n).Tokens);
            Assert.Equal(narrow.Variation(n).Audio, result.Variation(n).Audio);
        }
    }

    /// <summary>Its batches cost the sum of their parts: the first variation would wait for the others.</summary>
    [Fact]
    public async Task On_a_single_cpu_one_is_in_a_generator_while_the_one_before_is_in_the_next()
    {
        var result = await mesh.Client.RunAsync(Several(3), Chord);
        for (var n = 1u; n < 3; n++)
        {
            var begun = First(result, r => r.Variation == n && r.Progress?.Stage == Stage.Coarse);
            Assert.InRange(
                begun, First(result, r => r.Variation == n - 1 && r.Progress is { Stage: Stage.Coarse } p && p.Step == p.Steps),
                First(result, r => r.Variation == n - 1 && r.Summary is not null));
        }
    }

    [Fact]
    public async Task Those_of_a_short_track_share_the_batches_of_the_generators()
    {
        await using var wide = await Wide();
        using var client = new VampNetClient(wide.Gateway);
        await client.RunAsync(Several(8).With(c => c.CoarseSampling.Steps = 60), Chord);
        var stage = await PrometheusPage.GetAsync(new Uri(wide.Stages["CoarseGenerator"]));
        var (batches, steps) = (Sum("vampnet_batch_size_count"), Sum("vampnet_batch_size_sum"));
        Assert.Equal(8 * 60, steps);
        Assert.InRange(batches, 60, steps / 2);

        double Sum(string metric) => stage.Sum(metric, "vampnet_stage=\"coarse\"", "vampnet_operation=\"generate\"");
    }

    /// <summary>Together they would be longer than the longest song that this mesh takes.</summary>
    [Fact]
    public async Task Those_of_a_long_track_are_made_one_after_the_other()
    {
        var result = await mesh.Client.RunAsync(Several(2), Sounds.Chord(Support.Mesh.MaxSeconds * 0.6));
        Assert.InRange(
            First(result, r => r.Variation == 1 && r.Progress?.Stage == Stage.Coarse), First(result, r => r.Summary is not null),
            int.MaxValue);
    }

    [Fact]
    public async Task All_of_them_end_when_the_caller_goes()
    {
        await using var wide = await Wide();
        using var client = new VampNetClient(wide.Gateway);
        using var cancel = new CancellationTokenSource();
        var heard = new HashSet<uint>();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in client.VampAsync(
                Several(8).With(c => c.CoarseSampling.Steps = 1_000), new MemoryStream(Sounds.Chord(2)),
                new CallOptions(cancellationToken: cancel.Token)))
            {
                if (response.Progress?.Stage == Stage.Coarse && heard.Add(response.Variation) && heard.Count == 8)
                    await cancel.CancelAsync();
            }
        });
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        // Minutes of steps, were one of them still there: all stages share a device thread here.
        await client.RunAsync(Vamps.Config(), Sounds.Chord(0.5), new CallOptions(deadline: DateTime.UtcNow.AddSeconds(60)));
    }

    /// <summary>As on a device that gains by batches.</summary>
    private Task<MeshHost> Wide() => MeshHost.StartAsync(new MeshHostOptions
    {
        Model = new ModelOptions { Path = mesh.Package.Folder, Precision = Precisions.Full }, // as the mesh that it is compared with
        Configuration = new Dictionary<string, string> { ["Windows:MaxInFlight"] = "16" },
    });

    private static VampConfig Several(uint count) => Vamps.Config().With(c => (c.Variations, c.CoarseSampling.Steps) = (count, 30));

    private static int First(VampResult result, Func<VampResponse, bool> condition) =>
        result.Responses.Select((r, i) => (r, i)).First(x => condition(x.r)).i;
}
