using Google.Protobuf.WellKnownTypes;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Pipeline;

/// <summary>Seconds that each stage took.</summary>
internal sealed class StageClock(TimeProvider time)
{
    private readonly Dictionary<Stage, TimeSpan> _elapsed = [];

    /// <summary>Starts a stage; the result ends it.</summary>
    public Action Start(Stage stage)
    {
        var started = time.GetTimestamp();
        return () => _elapsed[stage] = time.GetElapsedTime(started);
    }

    /// <summary>The stages that ran, in the order of the pipeline.</summary>
    public IEnumerable<StageTime> Times() =>
        _elapsed.OrderBy(e => e.Key).Select(e => new StageTime { Stage = e.Key, Elapsed = Duration.FromTimeSpan(e.Value) });
}
