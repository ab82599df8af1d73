using Grpc.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>How a stage treats its device's one thread.</summary>
public sealed class DeviceTests
{
    private HeldGenerator Generator { get; } = new();

    [Fact]
    public async Task A_cancelled_call_frees_the_lane_for_the_next()
    {
        await using var stage = await StageHost.CoarseAsync(Generator);
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using (var held = client.Generate(Request(steps: 9)))
            await Generator.Started.WaitAsync();
        Generator.Permits.Release(9);
        Assert.Equal(2, await CountAsync(client.Generate(Request(steps: 1))));
    }

    [Fact]
    public async Task A_deadline_ends_a_running_call_and_a_waiting_one()
    {
        await using var stage = await StageHost.CoarseAsync(Generator);
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var held = client.Generate(Request(steps: 9));
        await Generator.Started.WaitAsync();
        using var waiting = client.Generate(Request(steps: 9), deadline: DateTime.UtcNow.AddSeconds(0.3));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => CountAsync(waiting))).StatusCode);
        Assert.Equal(0, Generator.Started.CurrentCount);
        held.Dispose();
        using var running = client.Generate(Request(steps: 9), deadline: DateTime.UtcNow.AddSeconds(0.3));
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(() => CountAsync(running))).StatusCode);
        Generator.Permits.Release(27);
        Assert.Equal(2, await CountAsync(client.Generate(Request(steps: 1))));
    }

    private static GenerateRequest Request(int steps) =>
        new() { Tokens = Tokens.Masked(4, 10, 0), Sampling = new Sampling { Steps = steps } };

    private static async Task<int> CountAsync(AsyncServerStreamingCall<GenerateResponse> call)
    {
        var count = 0;
        await foreach (var _ in call.ResponseStream.ReadAllAsync())
            count++;
        return count;
    }
}
