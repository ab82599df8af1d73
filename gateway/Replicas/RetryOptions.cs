namespace VampNet.Gateway.Replicas;

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

/// <summary>What one request may still repeat, over all its calls to stages.</summary>
internal sealed class RetryBudget(int retries)
{
    private int _left = retries;

    /// <returns>false where nothing is left</returns>
    public bool TrySpend() => Interlocked.Decrement(ref _left) >= 0;
}

/// <summary>
/// Keeps retries from making a bad moment worse: the token bucket of gRPC's retry throttling (gRFC A6), over all requests.
/// </summary>
/// <param name="tokens">of the full bucket</param>
internal sealed class RetryThrottle(int tokens)
{
    private const int Unit = 10; // a success brings back a tenth of a token

    private readonly Lock _lock = new();
    private long _tenths = (long)tokens * Unit;

    public void Succeeded()
    {
        lock (_lock)
            _tenths = Math.Min(_tenths + 1, (long)tokens * Unit);
    }

    /// <summary>The bucket is more than half full: calls may be repeated.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
                return _tenths * 2 > (long)tokens * Unit;
        }
    }

    /// <returns>whether the call may be repeated</returns>
    public bool Failed()
    {
        lock (_lock)
            _tenths = Math.Max(_tenths - Unit, 0);
        return IsOpen;
    }
}
