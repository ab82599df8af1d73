using System.Collections.Concurrent;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Inference.OpenInference;

/// <summary>What became of the calls of one model.</summary>
/// <param name="LastCall">When the last one came; null = none did.</param>
/// <param name="Done">Calls that were done, with the time that they took.</param>
/// <param name="Failed">Calls that were not.</param>
internal sealed record CallCounts(DateTimeOffset? LastCall, Total Done, Total Failed);

/// <summary>What became of the calls of <see cref="InferenceGrpcService.ModelInfer"/>, by model and version.</summary>
internal sealed class InferCounts(TimeProvider time)
{
    private static readonly CallCounts s_none = new(null, default, default);

    private readonly ConcurrentDictionary<(string Model, string Version), CallCounts> _models = [];

    public CallCounts Of(string model, string version) => _models.GetValueOrDefault((model, version), s_none);

    /// <summary>Runs a call of a model that is served.</summary>
    public async Task<T> CountAsync<T>(string model, string version, Func<Task<T>> call)
    {
        var (arrival, started, isDone) = (time.GetUtcNow(), time.GetTimestamp(), false);
        try
        {
            var result = await call();
            isDone = true;
            return result;
        }
        finally
        {
            var elapsed = time.GetElapsedTime(started);
            _models.AddOrUpdate((model, version), _ => Add(s_none), (_, counts) => Add(counts));

            CallCounts Add(CallCounts counts) => isDone
                ? counts with { LastCall = arrival, Done = counts.Done.Add(elapsed) }
                : counts with { LastCall = arrival, Failed = counts.Failed.Add(elapsed) };
        }
    }
}
