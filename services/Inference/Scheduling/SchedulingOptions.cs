namespace VampNet.Services.Inference.Scheduling;

/// <summary>How the work of a model shares its device (configuration section "Scheduling").</summary>
public sealed class SchedulingOptions
{
    public const string Section = "Scheduling";

    /// <summary>Most frames in one step of a batch, all jobs together: what bounds its memory. A single job may have more.</summary>
    public int MaxBatchFrames { get; set; } = 4 * 575;

    /// <summary>Most jobs in a batch; 1 = one at a time.</summary>
    public int MaxBatch { get; set; } = 32;
}
