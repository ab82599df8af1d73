using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Requests;

/// <summary>The responses to one request. Much is made side by side; the stream takes one message at a time.</summary>
/// <param name="send">sends one response to the caller</param>
internal sealed class ResponseWriter(Func<VampResponse, Task> send) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Those about all variations together.</summary>
    public VariationResponses OfAll => Of(0);

    public VariationResponses Of(int variation) => new(this, (uint)variation);

    /// <param name="make">called when it is this response's turn, so that counts go out in order</param>
    public async Task SendAsync(uint variation, Func<VampResponse> make)
    {
        await _turn.WaitAsync();
        try
        {
            var response = make();
            response.Variation = variation;
            await send(response);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}

/// <summary>The responses that belong to one variation.</summary>
internal sealed class VariationResponses(ResponseWriter responses, uint variation)
{
    public Task SendAsync(VampResponse response) => SendAsync(() => response);

    /// <inheritdoc cref="ResponseWriter.SendAsync"/>
    public Task SendAsync(Func<VampResponse> make) => responses.SendAsync(variation, make);

    /// <summary>Counts the steps of a stage over all windows of a track.</summary>
    public StepCounter Steps(Stage stage, int steps) => new(this, stage, steps);
}

/// <summary>Steps of a stage, in all windows together.</summary>
internal sealed class StepCounter(VariationResponses responses, Stage stage, int steps)
{
    private int _done;

    public Task AddAsync(int count) => count == 0 ? Task.CompletedTask : responses.SendAsync(() =>
    {
        _done += count;
        return new VampResponse { Progress = new VampProgress { Stage = stage, Step = (uint)_done, Steps = (uint)steps } };
    });
}
