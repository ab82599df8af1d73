using Grpc.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.EndToEnd;

[Collection(MeshTests.Name)]
[NoTensorLeaks]
public sealed class CancellationTests(Support.Mesh mesh)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly byte[] Chord = Sounds.Chord(10);

    [Fact]
    public async Task Cancellation_in_the_middle_of_generation_frees_the_worker()
    {
        using var cancel = new CancellationTokenSource();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in mesh.Client.VampAsync(
                Endless(), new MemoryStream(Chord), new CallOptions(cancellationToken: cancel.Token)))
            {
                if (response.Progress?.Stage == Stage.Coarse)
                    await cancel.CancelAsync();
            }
        });
        Assert.Equal(StatusCode.Cancelled, error.StatusCode);
        await TheWorkerIsFreeAsync();
    }

    [Fact]
    public async Task A_deadline_in_the_middle_of_generation_is_honoured()
    {
        var stages = new HashSet<Stage>();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in mesh.Client.VampAsync(
                Endless(), new MemoryStream(Chord), new CallOptions(deadline: DateTime.UtcNow.AddSeconds(4))))
                stages.Add(response.Progress?.Stage ?? Stage.Unspecified);
        });
        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.DoesNotContain(Stage.Fine, stages);
        await TheWorkerIsFreeAsync();
    }

    [Fact]
    public async Task A_client_that_goes_away_frees_the_worker()
    {
        await foreach (var response in mesh.Client.VampAsync(Endless(), new MemoryStream(Chord)))
        {
            if (response.Progress?.Stage == Stage.Coarse)
                break; // disposes the call
        }
        await TheWorkerIsFreeAsync();
    }

    [Fact]
    public async Task Audio_that_cannot_be_read_ends_the_call_with_its_own_error()
    {
        using var broken = new BrokenStream(Sounds.Chord(3));
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var _ in mesh.Client.VampAsync(Vamps.Config(), broken, new CallOptions(deadline: DateTime.UtcNow + Patience)))
            {
            }
        });
        await TheWorkerIsFreeAsync();
    }

    // Minutes of steps, were nobody to end them.
    private static VampConfig Endless()
    {
        var config = Vamps.Config();
        config.CoarseSampling = new Sampling { Steps = 1_000 };
        return config;
    }

    /// <summary>All stages share one device thread here: while a generation runs, nothing else can.</summary>
    private async Task TheWorkerIsFreeAsync() =>
        await mesh.Client.RunAsync(Vamps.Config(), Sounds.Chord(0.5), new CallOptions(deadline: DateTime.UtcNow + Patience));
}
