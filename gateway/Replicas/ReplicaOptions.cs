namespace VampNet.Gateway.Replicas;

/// <summary>
/// When a replica that says nothing is no longer relied on, and how long calls wait for one (configuration section "Replicas").
/// </summary>
/// <remarks>
/// A replica reports its load four times a second, from another thread than the one that computes, and is asked for its health where it
/// does not. So silence means that the process is stopped or starved, or that the network between is cut, while connections still stand.
/// </remarks>
public sealed class ReplicaOptions
{
    public const string Section = "Replicas";

    /// <summary>After so long, in seconds, new calls go to other replicas, if there are any.</summary>
    public double SuspectAfterSeconds { get; set; } = 2;

    /// <summary>After so long, in seconds, calls that run there are made again on other replicas, if any serves.</summary>
    public double AbandonAfterSeconds { get; set; } = 10;

    /// <summary>So long, in seconds, a call waits for a replica where none takes calls; then it ends with UNAVAILABLE.</summary>
    public double WaitSeconds { get; set; } = 30;

    internal TimeSpan SuspectAfter => TimeSpan.FromSeconds(SuspectAfterSeconds);

    internal TimeSpan AbandonAfter => TimeSpan.FromSeconds(AbandonAfterSeconds);

    internal TimeSpan Wait => TimeSpan.FromSeconds(WaitSeconds);

    internal bool IsValid => SuspectAfterSeconds >= 1 && AbandonAfterSeconds >= SuspectAfterSeconds && AbandonAfterSeconds <= 86_400
        && WaitSeconds is >= 0 and <= 86_400;
}
