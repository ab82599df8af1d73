using Grpc.Core;

namespace VampNet.Load.Tests;

/// <summary>A server that works on one call after the other, as long as a test says.</summary>
/// <param name="work">seconds of work of a call, given its number and when it begins</param>
internal sealed class FakeTarget(VirtualTime time, Func<int, double, double> work) : ILoadTarget
{
    private double _free; // when it has done what it was given

    /// <summary>What a call ends with instead of an answer; null = an answer.</summary>
    public Func<int, Exception?> Fails { get; init; } = _ => null;

    /// <summary>Calls wait for each other; otherwise each has a server of its own.</summary>
    public bool Queues { get; init; } = true;

    public List<(int Number, double At, string? Tenant)> Sent { get; } = [];

    public int AtOnce { get; private set; }

    public int MostAtOnce { get; private set; }

    public CallShape Describe(int number) => new(number % 2 == 0 ? "even" : "odd", 2);

    public async Task SendAsync(int number, CallOptions options, Action first)
    {
        Sent.Add((number, time.Seconds, options.Headers?.FirstOrDefault()?.Value));
        MostAtOnce = Math.Max(MostAtOnce, ++AtOnce);
        var begin = Queues ? Math.Max(_free, time.Seconds) : time.Seconds;
        _free = begin + work(number, begin);
        var end = _free;
        await time.DelayAsync(end - time.Seconds);
        AtOnce--;
        if (Fails(number) is { } error)
            throw error;
        first();
        first();
    }
}
