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
        using (var held = client.Generate(Calls.Generation(steps: 9)))
            await Generator.Started.WaitAsync();
        Generator.Permits.Release(9);
        Assert.Equal(2, (await client.Generate(Calls.Generation(steps: 1)).ResponseStream.ReadToEndAsync()).Count);
    }

    [Fact]
    public async Task A_deadline_ends_a_running_call_and_a_waiting_one()
    {
        await using var stage = await StageHost.CoarseAsync(Generator);
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var held = client.Generate(Calls.Generation(steps: 9));
        await Generator.Started.WaitAsync();
        using var waiting = client.Generate(Calls.Generation(steps: 9), deadline: DateTime.UtcNow.AddSeconds(0.3));
        await EndsAtItsDeadlineAsync(waiting);
        Assert.Equal(0, Generator.Started.CurrentCount);
        held.Dispose();
        using var running = client.Generate(Calls.Generation(steps: 9), deadline: DateTime.UtcNow.AddSeconds(0.3));
        await EndsAtItsDeadlineAsync(running);
        Generator.Permits.Release(27);
        Assert.Equal(2, (await client.Generate(Calls.Generation(steps: 1)).ResponseStream.ReadToEndAsync()).Count);

        static async Task EndsAtItsDeadlineAsync(AsyncServerStreamingCall<GenerateResponse> call)
        {
            var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ReadToEndAsync());
            Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        }
    }
}
