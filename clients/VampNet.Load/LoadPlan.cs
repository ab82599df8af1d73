using Grpc.Core;

namespace VampNet.Load;

/// <summary>How calls are made: by a schedule where there is a rate, otherwise by callers who wait for their answers.</summary>
public sealed record LoadPlan
{
    /// <summary>Most calls of one run, whatever its rate and duration say.</summary>
    public const int MostCalls = 1_000_000;

    /// <summary>How long calls begin. A run ends after that and <see cref="Timeout"/> at the latest.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Calls a second, above 0; null: each caller makes its next call when the last one has ended.</summary>
    public double? Rate { get; init; }

    /// <summary>Calls come at equal distances instead of at random.</summary>
    public bool IsConstant { get; init; }

    /// <summary>Of random arrivals.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>
    /// Without a rate, how many callers there are. With one, how many calls are made at once: others wait here, on the clock of their
    /// schedule.
    /// </summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>Most calls.</summary>
    public int MaxCalls { get; init; } = MostCalls;

    /// <summary>Number of the first call; its request follows from its number.</summary>
    public int FirstNumber { get; init; }

    /// <summary>Deadline of a call, from when it was to be made.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>So many tenants take turns; 0 = none is named.</summary>
    public int Tenants { get; init; }

    /// <summary>The metadata header that names the tenant.</summary>
    public string TenantHeader { get; init; } = "x-vampnet-tenant";

    internal IEnumerable<TimeSpan> Schedule(double rate) =>
        (IsConstant ? Arrivals.Constant(rate) : Arrivals.Poisson(rate, Seed)).Take(MaxCalls).TakeWhile(at => at < Duration);

    internal string? TenantOf(int number) => Tenants > 0 ? $"load-{number % Tenants}" : null;
}

/// <summary>What is put under load.</summary>
public interface ILoadTarget
{
    /// <summary>What a call is.</summary>
    /// <param name="number">Number of the call, at least 0; the same number is always the same request.</param>
    CallShape Describe(int number);

    /// <summary>Makes a call; ends when it has been answered as a whole.</summary>
    /// <param name="number">As for <see cref="Describe"/>.</param>
    /// <param name="options">Deadline, tenant and cancellation of the call.</param>
    /// <param name="first">To be called when the first part of the result has come; calls after the first one do nothing.</param>
    /// <exception cref="RpcException">it failed</exception>
    Task SendAsync(int number, CallOptions options, Action first);
}

/// <summary>What a call is.</summary>
/// <param name="Kind">By which calls are reported, such as "short".</param>
/// <param name="MusicSeconds">Seconds of music that it makes or takes.</param>
public sealed record CallShape(string Kind, double MusicSeconds);
