using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Tests.Generation;

/// <summary>Windows whose calls end when the test says so.</summary>
public sealed class WindowSchedulerTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ResponseWriter _responses = new(_ => Task.CompletedTask);
    private readonly List<(int Variation, int Window)> _begun = [];
    private readonly Dictionary<(int, int), TaskCompletionSource<int>> _ends = [];

    public void Dispose()
    {
        _responses.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData(1, 4, 0)]
    [InlineData(4, 4, 0)]
    [InlineData(6, 6, 0)]
    [InlineData(16, 10, 6)]
    public async Task The_variation_that_is_answered_has_four_permits_in_any_case_and_the_others_what_is_left(
        int room, int first, int second)
    {
        await using var scheduler = new WindowScheduler(room, 1, default);
        Variation[] variations = [Variation(0), Variation(1)];
        var calls = variations.SelectMany(variation => Enumerable.Range(0, 10).Select(window => RunAsync(scheduler, variation, window)))
            .ToList();
        await BegunAsync(first + second);
        Assert.Equal((first, second), (_begun.Count(b => b.Variation == 0), _begun.Count(b => b.Variation == 1)));
        foreach (var end in _ends.Values)
            end.SetResult(0);
        await Task.WhenAll(calls);
        Assert.Equal(20, _begun.Count);
    }

    [Fact]
    public async Task The_next_that_is_answered_gets_its_permits_while_others_have_theirs()
    {
        await using var scheduler = new WindowScheduler(1, 1, default);
        Variation[] variations = [Variation(0), Variation(1), Variation(2)];
        var calls = variations.Select(variation => RunAsync(scheduler, variation, 0)).ToList();
        await BegunAsync(1);
        scheduler.Answer(variations[1]);
        await BegunAsync(2);
        Assert.Equal([(0, 0), (1, 0)], _begun);
        foreach (var end in _ends.Values)
            end.SetResult(0);
        await Task.WhenAll(calls);
    }

    [Fact]
    public async Task A_window_that_fails_cancels_all_variations_and_its_error_is_that_of_the_request()
    {
        await using var scheduler = new WindowScheduler(2, 2, default);
        var calls = new[] { RunAsync(scheduler, Variation(0), 0), RunAsync(scheduler, Variation(1), 0) };
        var watched = scheduler.WatchAsync(options => calls[0].WaitAsync(options.CancellationToken));
        _ends[(1, 0)].SetException(new InvalidDataException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidDataException>(() => watched)).Message);
        var late = RunAsync(scheduler, Variation(0), 1);
        Assert.All(calls.Append(late), call => Assert.False(call.IsCompleted));
        Assert.Equal(2, _begun.Count);
    }

    /// <summary>Sixteen passes over ten minutes, each window of which goes on from the one before and from the pass before.</summary>
    [Fact]
    public async Task Cancelling_the_longest_request_ends_the_calls_that_run_and_nothing_else()
    {
        const int Passes = 16, Frames = 34_000, WindowFrames = 575;
        var (asked, begun) = (new ConcurrentBag<Task>(), 0);
        using var cancel = new CancellationTokenSource();
        var scheduler = new WindowScheduler(16, 1, new CallOptions(cancellationToken: cancel.Token));
        var mask = Masks.Full(4, Frames);
        var windows = WindowPlan.Create(mask.HiddenFrames(), WindowFrames);
        ITokenSource tokens = new KnownTokens(new TokenGrid(4, Frames, new ushort[4 * Frames]));
        var variation = Variation(0);
        for (var i = 0; i < Passes; i++)
        {
            var pass = i;
            tokens = new WindowedPass(
                tokens, mask, windows, ahead: 0,
                (number, _) =>
                {
                    var window = scheduler.RunAsync(variation, new WindowName(Stage.Coarse, pass, 0, number), async options =>
                    {
                        Interlocked.Increment(ref begun);
                        return await new TaskCompletionSource<TokenGrid>().Task.WaitAsync(options.CancellationToken);
                    });
                    asked.Add(window);
                    return window;
                });
        }
        var all = tokens.ReadAsync(0, Frames);
        var watched = scheduler.WatchAsync(options => all.WaitAsync(options.CancellationToken));

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watched);
        await scheduler.DisposeAsync();
        Assert.True(windows.Count > 59);
        Assert.Equal(1, begun);
        // Nobody is told: an error would be thrown again by each of the thousand windows that wait for others.
        Assert.All(asked.Append(all), task => Assert.False(task.IsCompleted));
    }

    private Variation Variation(int number)
    {
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        var telemetry = new RequestTelemetry(metrics, TimeProvider.System, tenant: "");
        return new Variation(number, 0, Masks.Full(1, 1), _responses.Of(number), telemetry.Variation(number));
    }

    private Task<int> RunAsync(WindowScheduler scheduler, Variation variation, int window)
    {
        var end = _ends[(variation.Number, window)] = new TaskCompletionSource<int>();
        return scheduler.RunAsync(variation, new WindowName(Stage.Coarse, 0, 0, window), options =>
        {
            lock (_begun)
                _begun.Add((variation.Number, window));
            return end.Task.WaitAsync(options.CancellationToken);
        });
    }

    /// <summary>A permit is handed on by another thread.</summary>
    private Task BegunAsync(int count) => Task.Run(() => SpinWait.SpinUntil(() =>
    {
        lock (_begun)
            return _begun.Count == count;
    }));
}
