using VampNet.Model.Compute;
using Xunit;

namespace VampNet.Model.Tests.Compute;

public sealed class ComputeLaneTests
{
    [Fact]
    public async Task RunsInOrderOnOneThread()
    {
        using var lane = new ComputeLane("cpu");
        var order = new List<int>();
        var threads = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => lane.RunAsync(() =>
        {
            order.Add(i);
            return Environment.CurrentManagedThreadId;
        })));
        Assert.Equal(Enumerable.Range(0, 20), order);
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public async Task AnExceptionComesOutOfTheTaskAndTheLaneGoesOn()
    {
        using var lane = new ComputeLane("cpu");
        await Assert.ThrowsAsync<InvalidDataException>(() => lane.RunAsync<int>(() => throw new InvalidDataException()));
        Assert.Equal(7, await lane.RunAsync(() => 7));
    }

    [Fact]
    public async Task ReleaseComesAfterWhatWaits()
    {
        using var lane = new ComputeLane("cpu");
        using var gate = new ManualResetEventSlim();
        var (running, started) = Block(lane, gate);
        await started;
        var ran = false;
        var waiting = lane.RunAsync(() => ran = true);
        var released = false;
        var release = lane.ReleaseAsync(() => released = ran);
        gate.Set();
        await release;
        await running;
        await waiting;
        Assert.True(released);
    }

    [Fact]
    public async Task CancellationTakesACallOutOfTheQueue()
    {
        using var lane = new ComputeLane("cpu");
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var (running, started) = Block(lane, gate);
        await started;
        var ran = false;
        var waiting = lane.RunAsync(() => ran = true, cancel.Token);
        Assert.Equal(1, lane.Waiting);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, lane.Waiting);
        gate.Set();
        await running;
        Assert.Equal(3, await lane.RunAsync(() => 3));
        Assert.False(ran);
    }

    [Fact]
    public async Task DisposeFinishesWhatWaitsAndThenRefuses()
    {
        var lane = new ComputeLane("cpu");
        var last = lane.RunAsync(() => 1);
        lane.Dispose();
        Assert.Equal(1, await last);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => lane.RunAsync(() => 2));
    }

    private static (Task<bool> Running, Task Started) Block(ComputeLane lane, ManualResetEventSlim gate)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = lane.RunAsync(() =>
        {
            started.SetResult();
            gate.Wait();
            return true;
        });
        return (running, started.Task);
    }
}
