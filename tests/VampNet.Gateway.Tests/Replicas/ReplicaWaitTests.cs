using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using VampNet.Gateway.Replicas;

namespace VampNet.Gateway.Tests.Replicas;

/// <summary>Calls to a stage of which no replica serves.</summary>
public sealed class ReplicaWaitTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ReplicaSet _set;

    public ReplicaWaitTests() => _set = new("codec", new ReplicaOptions(), new Random(1), _time, NullLoggerFactory.Instance);

    public void Dispose() => _set.Dispose();

    [Fact]
    public async Task A_replica_that_comes_is_waited_for()
    {
        var wait = _set.WaitAsync(CancellationToken.None);
        await PassAsync(20);
        Assert.False(wait.IsCompleted);
        _set.Update([new Uri("http://new")])[0].State = ReplicaState.Serving;
        await PassAsync(0.1);
        Assert.True(await wait);
        Assert.True(_set.WaitAsync(CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_wait_is_bounded()
    {
        var wait = _set.WaitAsync(CancellationToken.None);
        await PassAsync(new ReplicaOptions().WaitSeconds - 0.1);
        Assert.False(wait.IsCompleted);
        await PassAsync(0.1);
        Assert.False(await wait);
    }

    [Fact]
    public async Task The_wait_ends_with_its_call()
    {
        using var cancel = new CancellationTokenSource();
        var wait = _set.WaitAsync(cancel.Token);
        await cancel.CancelAsync();
        Assert.False(await wait);
    }

    private async Task PassAsync(double seconds)
    {
        for (var i = 0; i < Math.Round(seconds * 10); i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            // What was waited for goes on before more time passes.
            await Task.Delay(1);
        }
    }
}
