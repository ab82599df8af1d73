namespace VampNet.Services.Hosting.Drain;

/// <summary>How a process ends (configuration section "Drain").</summary>
public sealed class DrainOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Drain";

    /// <summary>Between the end of the grace and the end of the process: for answers that are on their way.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>How long calls that run may go on when the process is asked to end, in seconds; then they are handed back.</summary>
    public double Seconds { get; set; } = 25;
}
