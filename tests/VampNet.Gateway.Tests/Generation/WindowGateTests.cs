using System.Diagnostics.Metrics;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Gateway.Generation;
using VampNet.Gateway.Pipeline;
using VampNet.Gateway.Telemetry;
using VampNet.Model.Prompts;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Tests.Generation;

/// <summary>Windows whose calls end when the test says so.</summary>
public sealed class WindowGateTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Answers _answers = new(_ => Task.CompletedTask);
    private readonly List<(int Variation, int Window)> _begun = [];
    private readonly Dictionary<(int, int), TaskCompletionSource<int>> _ends = [];

    public void Dispose()
    {
        _answers.Dispose();
        _services.Dispose();
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 8)]
    [InlineData(16, 16)]
    public async Task Variations_have_more_windows_in_flight_up_to_a_bound(int variations, int expected)
    {
        await using var gate = new WindowGate(variations, default);
        var calls = Enumerable.Range(0, 20).Select(window => RunAsync(gate, Variation(0), window)).ToList();
        Assert.Equal(expected, _begun.Count);
        for (var window = 0; window < 20; window++)
            _ends[(0, window)].SetResult(window);
        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(calls));
    }

    [Fact]
    public async Task The_variation_that_is_answered_first_goes_first()
    {
        await using var gate = new WindowGate(1, default);
        var (first, second) = (Variation(0), Variation(1));
        var calls = Enumerable.Range(0, 5).Select(window => RunAsync(gate, second, window)).ToList();
        calls.Add(RunAsync(gate, first, 0));
        End(1, 0);
        await calls[0];
        await BegunAsync(5);
        Assert.Equal((0, 0), _begun[^1]);
    }

    [Fact]
    public async Task A_window_that_fails_calls_off_all_variations_and_its_error_is_that_of_the_request()
    {
        await using var gate = new WindowGate(2, default);
        var calls = new[] { RunAsync(gate, Variation(0), 0), RunAsync(gate, Variation(1), 0) };
        var watched = gate.WatchAsync(_ => calls[0]);
        _ends[(1, 0)].SetException(new InvalidDataException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidDataException>(() => watched)).Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calls[0]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(gate, Variation(0), 1));
    }

    private Variation Variation(int number)
    {
        var telemetry = new SongTelemetry(new GatewayMetrics(_services.GetRequiredService<IMeterFactory>()), TimeProvider.System);
        return new Variation(number, 0, Masks.Full(1, 1), _answers.Of(number), new StageClock(TimeProvider.System), telemetry.Variation(number));
    }

    private Task<int> RunAsync(WindowGate gate, Variation variation, int window)
    {
        var end = _ends[(variation.Number, window)] = new TaskCompletionSource<int>();
        return gate.RunAsync(variation, new WindowName(Stage.Coarse, 0, 0, window), options =>
        {
            lock (_begun)
                _begun.Add((variation.Number, window));
            return end.Task.WaitAsync(options.CancellationToken);
        });
    }

    private void End(int variation, int window) => _ends[(variation, window)].SetResult(window);

    /// <summary>A place is handed on by another thread.</summary>
    private Task BegunAsync(int count) => Task.Run(() => SpinWait.SpinUntil(() =>
    {
        lock (_begun)
            return _begun.Count == count;
    }));
}
