namespace VampNet.Gateway.Stages.Replicas;

/// <summary>What one request may still repeat, over all its calls to stages.</summary>
internal sealed class RetryBudget(int retries)
{
    private int _left = retries;

    /// <returns>false where nothing is left</returns>
    public bool TrySpend() => Interlocked.Decrement(ref _left) >= 0;
}
