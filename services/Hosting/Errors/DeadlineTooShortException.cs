namespace VampNet.Services.Hosting.Errors;

/// <summary>A deadline that cannot be met, refused before any work is done for it.</summary>
public sealed class DeadlineTooShortException(TimeSpan estimate)
    : Exception($"the deadline cannot be met: this would take about {estimate.TotalSeconds:0.0} s from now, with what waits before it")
{
    /// <summary>How long the call would take from now, with what waits before it.</summary>
    public TimeSpan Estimate { get; } = estimate;
}
