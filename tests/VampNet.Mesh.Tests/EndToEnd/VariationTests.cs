using Grpc.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Mesh.Tests.Telemetry;
using VampNet.Protos.Vamp.V1;
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
        var result = await mesh.Client.RunAsync(Several(4), Chord);
        var answers = result.Responses.Where(r => r.ContentCase != Kind.Progress).SkipWhile(r => r.Mask is null).ToList();
        Assert.Equal(answers.Select(r => r.Variation).Order(), answers.Select(r => r.Variation));
        for (var n = 0u; n < 4; n++)
            Assert.Equal([Kind.Mask, Kind.Header, Kind.Tokens, Kind.Audio, Kind.Summary], result.Variation(n).Responses.Select(r => r.ContentCase).Where(c => c is not (Kind.Progress or Kind.Started or Kind.Source)).Distinct());
        Assert.InRange(First(result, r => r.Variation == 3 && r.Progress?.Stage == Stage.Coarse), 0, First(result, r => r.Summary is not null));
        for (var n = 0u; n < 4; n++)
            Assert.Equal(Enumerable.Range(1, 30).Select(i => (uint)i), result.Variation(n).Progress(Stage.Coarse).Select(p => p.Step));
    }

    [Fact]
    public async Task Those_of_a_short_song_share_the_batches_of_the_generators()
    {
        const string Batches = "vampnet_generation_batch_size_count", Steps = "vampnet_generation_steps_total";
        var stage = new Uri(mesh.Host.Stages.CoarseGenerator);
        var before = await PrometheusPage.GetAsync(stage);
        await mesh.Client.RunAsync(Several(8).With(c => c.CoarseSampling.Steps = 60), Chord);
        var after = await PrometheusPage.GetAsync(stage);
        var (batches, steps) = (Moved(Batches), Moved(Steps));
        Assert.Equal(8 * 60, steps);
        Assert.InRange(batches, 60, steps / 2);

        double Moved(string metric) => after.Sum(metric, "vampnet_stage=\"coarse\"") - before.Sum(metric, "vampnet_stage=\"coarse\"");
    }

    /// <summary>Together they would be longer than the longest song that this mesh takes.</summary>
    [Fact]
    public async Task Those_of_a_long_song_are_made_one_after_the_other()
    {
        var result = await mesh.Client.RunAsync(Several(2), Sounds.Chord(Support.Mesh.MaxSeconds * 0.6));
        Assert.InRange(First(result, r => r.Variation == 1 && r.Progress?.Stage == Stage.Coarse), First(result, r => r.Summary is not null), int.MaxValue);
    }

    [Fact]
    public async Task All_of_them_end_when_the_caller_goes()
    {
        using var cancel = new CancellationTokenSource();
        var heard = new HashSet<uint>();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in mesh.Client.VampAsync(Several(8).With(c => c.CoarseSampling.Steps = 1_000), new MemoryStream(Sounds.Chord(2)), new CallOptions(cancellationToken: cancel.Token)))
            {
                if (response.Progress?.Stage == Stage.Coarse && heard.Add(response.Variation) && heard.Count == 8)
                    await cancel.CancelAsync();
            }
        });
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        // Minutes of steps, were one of them still there: all stages share a lane here.
        await mesh.Client.RunAsync(Vamps.Config(), Sounds.Chord(0.5), new CallOptions(deadline: DateTime.UtcNow.AddSeconds(60)));
    }

    private static VampConfig Several(uint count) => Vamps.Config().With(c => (c.Variations, c.CoarseSampling.Steps) = (count, 30));

    private static int First(VampResult result, Func<VampResponse, bool> condition) => result.Responses.Select((r, i) => (r, i)).First(x => condition(x.r)).i;
}
