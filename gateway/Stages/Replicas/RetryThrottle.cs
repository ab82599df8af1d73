namespace VampNet.Gateway.Stages.Replicas;

/// <summary>Keeps retries from making a bad moment worse: the token bucket of gRPC's retry throttling (gRFC A6), over all requests.</summary>
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
