using System.Diagnostics;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Inference.Telemetry;

/// <summary>Spans of work on a device: one for each job, from its first step to its end.</summary>
internal static class ComputeSpans
{
    private static readonly ActivitySource Source = new("VampNet.Compute");

    /// <summary>Starts a span on behalf of a caller; the current span stays what it is.</summary>
    /// <param name="waited">time before the first step</param>
    public static Activity? Start(StageName stage, string operation, ActivityContext caller, TimeSpan waited)
    {
        var current = Activity.Current;
        var span = Source.StartActivity("compute", ActivityKind.Internal, caller);
        Activity.Current = current;
        span?.SetTag(StageName.Attribute, stage.Value);
        span?.SetTag(TelemetryNames.Operation, operation);
        span?.SetTag("vampnet.queue.duration", waited.TotalSeconds);
        return span;
    }
}
