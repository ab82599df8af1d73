using Grpc.Core;

namespace VampNet.Load;

/// <summary>
/// Puts a target under load. With a rate it is an open loop: calls are made when the schedule says so, whatever became of those before, and
/// a call's time counts from the moment that it was to be made, whatever kept it here (no coordinated omission).
/// </summary>
/// <param name="target">What is put under load.</param>
/// <param name="time">The clock of the run.</param>
public sealed class LoadRun(ILoadTarget target, TimeProvider time)
{
    /// <summary>Callers without a schedule wait so long after a failure: a server that refuses at once is not called in a loop.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(0.1);

    /// <summary>Makes all calls of a plan, and waits for their ends.</summary>
    public async Task<LoadResult> RunAsync(LoadPlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var run = new Calls(target, time, plan, cancellationToken);
        await (plan.Rate is { } rate ? OpenAsync(run, plan, rate, cancellationToken) : ClosedAsync(run, plan));
        return run.Recorder.Result(run.Elapsed);
    }

    private async Task OpenAsync(Calls run, LoadPlan plan, double rate, CancellationToken cancellationToken)
    {
        var calls = new List<Task>();
        foreach (var due in plan.Schedule(rate))
        {
            await UntilAsync(due);
            calls.Add(run.MakeAsync(calls.Count, due));
        }
        // Time in which no call happened to be due belongs to the run.
        if (calls.Count < plan.MaxCalls)
            await UntilAsync(plan.Duration);
        await Task.WhenAll(calls);

        // Timers count milliseconds and cut the rest off: nothing is sent before it is due.
        async Task UntilAsync(TimeSpan moment)
        {
            if (moment - run.Elapsed is var rest && rest > TimeSpan.Zero)
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(rest.TotalMilliseconds)), time, cancellationToken);
        }
    }

    private Task ClosedAsync(Calls run, LoadPlan plan)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, plan.Concurrency).Select(_ => CallerAsync()));

        async Task CallerAsync()
        {
            while (run.Elapsed < plan.Duration && Interlocked.Increment(ref next) is var number && number < plan.MaxCalls)
            {
                if (!await run.MakeAsync(number, run.Elapsed))
                    await Task.Delay(PauseAfterFailure, time);
            }
        }
    }

    /// <summary>The calls of one run.</summary>
    private sealed class Calls(ILoadTarget target, TimeProvider time, LoadPlan plan, CancellationToken cancellationToken)
    {
        private readonly long _start = time.GetTimestamp();
        private readonly CallGate _gate = new(plan.Concurrency);

        public LoadRecorder Recorder { get; } = new(plan);

        public TimeSpan Elapsed => time.GetElapsedTime(_start);

        /// <param name="number">of the call, from 0</param>
        /// <param name="due">when it was to be made</param>
        /// <returns>whether it was answered</returns>
        public async Task<bool> MakeAsync(int number, TimeSpan due)
        {
            await Task.Yield(); // the schedule goes on
            await _gate.EnterAsync();
            try
            {
                return await SendAsync(plan.FirstNumber + number, due);
            }
            finally
            {
                _gate.Leave();
            }
        }

        private async Task<bool> SendAsync(int number, TimeSpan due)
        {
            var (shape, tenant) = (target.Describe(number), plan.TenantOf(number));
            var rest = due + plan.Timeout - Elapsed;
            TimeSpan? first = null;
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (rest <= TimeSpan.Zero)
                    throw LoadRecorder.NotSent;
                var headers = tenant is null ? [] : new Metadata { { plan.TenantHeader, tenant } };
                await target.SendAsync(
                    number, new CallOptions(headers, time.GetUtcNow().UtcDateTime + rest, cancellationToken), () => first ??= Elapsed);
                Recorder.Done(shape, tenant, due, first, Elapsed);
                return true;
            }
            // Of a server that breaks off or sends nonsense, too.
            catch (Exception error) when (
                error is RpcException or IOException or HttpRequestException or InvalidDataException
                && !cancellationToken.IsCancellationRequested)
            {
                Recorder.Failed(shape, tenant, due, error);
                return false;
            }
        }
    }
}

/// <summary>Lets so many in at once; others wait in line.</summary>
internal sealed class CallGate(int permits)
{
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource> _line = [];
    private int _free = permits;

    public Task EnterAsync()
    {
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _line.Enqueue(turn);
            return turn.Task;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            if (_line.TryDequeue(out var turn))
                turn.SetResult();
            else
                _free++;
        }
    }
}
