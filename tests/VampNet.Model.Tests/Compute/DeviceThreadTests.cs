using VampNet.Model.Compute;
using Xunit;

namespace VampNet.Model.Tests.Compute;

public sealed class DeviceThreadTests
{
    [Fact]
    public async Task Runs_in_order_on_one_thread()
    {
        using var thread = new DeviceThread("cpu");
        var order = new List<int>();
        var threads = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => thread.RunAsync(() =>
        {
            order.Add(i);
            return Environment.CurrentManagedThreadId;
        })));
        Assert.Equal(Enumerable.Range(0, 20), order);
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public async Task An_exception_comes_out_of_the_task_and_the_lane_goes_on()
    {
        using var thread = new DeviceThread("cpu");
        await Assert.ThrowsAsync<InvalidDataException>(() => thread.RunAsync<int>(() => throw new InvalidDataException()));
        Assert.Equal(7, await thread.RunAsync(() => 7));
    }

    [Fact]
    public async Task Shares_get_equal_time_however_short_their_calls_are()
    {
        var clock = new Clock();
        using var thread = new DeviceThread("cpu", clock);
        using var gate = new ManualResetEventSlim();
        var (running, started) = Block(thread, gate);
        await started;
        // As in a server: xunit's context, current until an await has to wait, would send each step by way of the pool.
        SynchronizationContext.SetSynchronizationContext(null);
        var order = new List<string>();
        var (slow, quick) = (StepAsync(thread.OpenShare(), "slow", 60, 2), StepAsync(thread.OpenShare(), "quick", 7, 8));
        gate.Set();
        await Task.WhenAll(running, slow, quick);
        await thread.RunAsync(() => true); // back from the thread, which ends here
        Assert.Equal(["slow", .. Enumerable.Repeat("quick", 8), "slow"], order);

        async Task StepAsync(IDevice share, string name, int ticks, int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                await share.RunAsync(() =>
                {
                    order.Add(name);
                    clock.Now += ticks;
                    return true;
                });
            }
        }
    }

    [Fact]
    public async Task Cancellation_takes_a_call_out_of_the_queue()
    {
        using var thread = new DeviceThread("cpu");
        using var gate = new ManualResetEventSlim();
        using var cancel = new CancellationTokenSource();
        var (running, started) = Block(thread, gate);
        await started;
        var ran = false;
        var waiting = thread.RunAsync(() => ran = true, cancel.Token);
        Assert.Equal(1, thread.Waiting);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, thread.Waiting);
        gate.Set();
        await running;
        Assert.Equal(3, await thread.RunAsync(() => 3));
        Assert.False(ran);
    }

    [Fact]
    public async Task Dispose_finishes_what_waits_and_then_refuses()
    {
        var thread = new DeviceThread("cpu");
        var last = thread.RunAsync(() => 1);
        thread.Dispose();
        Assert.Equal(1, await last);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => thread.RunAsync(() => 2));
    }

    private static (Task<bool> Running, Task Started) Block(DeviceThread thread, ManualResetEventSlim gate)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = thread.RunAsync(() =>
        {
            started.SetResult();
            gate.Wait();
            return true;
        });
        return (running, started.Task);
    }

    /// <summary>Stands still but for what is done.</summary>
    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long GetTimestamp() => Now;
    }
}
