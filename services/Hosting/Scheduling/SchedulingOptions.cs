namespace VampNet.Services.Hosting.Scheduling;

/// <summary>How generators share their device (configuration section "Scheduling").</summary>
public sealed class SchedulingOptions
{
    public const string Section = "Scheduling";

    /// <summary>Most frames in one forward pass, all sequences together: what bounds its memory. A single sequence may have more.</summary>
    public int MaxBatchFrames { get; set; } = 4 * 575;

    /// <summary>Most sequences in one forward pass; 1 = one request at a time.</summary>
    public int MaxBatch { get; set; } = 32;
}
