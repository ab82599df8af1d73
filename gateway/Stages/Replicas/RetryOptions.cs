namespace VampNet.Gateway.Stages.Replicas;

/// <summary>How often calls to stages are repeated on other replicas (configuration section "Retries").</summary>
public sealed class RetryOptions
{
    public const string Section = "Retries";

    /// <summary>Most repetitions of one call to a stage; 0 = never.</summary>
    public int PerCall { get; set; } = 5;

    /// <summary>Most repetitions in one request, over all its calls.</summary>
    public int PerRequest { get; set; } = 32;

    /// <summary>
    /// The bucket of all requests: a call that fails takes a token, a call that succeeds brings a tenth of one back, and
    /// less than half full nothing is repeated (gRPC's retry throttling, gRFC A6).
    /// </summary>
    public int Tokens { get; set; } = 200;

    /// <summary>
    /// A call that takes longer, in seconds, is made on a second replica as well, and the first answer counts (hedging): for
    /// many replicas of which one is slow now and then. It spends the budgets of repetitions; null = never.
    /// </summary>
    public double? HedgeAfterSeconds { get; set; }
}
