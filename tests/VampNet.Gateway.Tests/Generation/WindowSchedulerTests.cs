using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Core.Prompts;
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
    public async Task A_window_that_fails_calls_off_all_variations_and_its_error_is_that_of_the_request()
    {
        await using var scheduler = new WindowScheduler(2, 2, default);
        var calls = new[] { RunAsync(scheduler, Variation(0), 0), RunAsync(scheduler, Variation(1), 0) };
        var watched = scheduler.WatchAsync(_ => calls[0]);
        _ends[(1, 0)].SetException(new InvalidDataException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidDataException>(() => watched)).Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[0]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(scheduler, Variation(0), 1));
    }

    private Variation Variation(int number)
    {
        var telemetry = new RequestTelemetry(new GatewayMetrics(_services.GetRequiredService<IMeterFactory>()), TimeProvider.System);
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
