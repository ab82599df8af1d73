using System.Threading.RateLimiting;
using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Security;

/// <summary>What a tenant may do (configuration section "Tenants:NAME").</summary>
public sealed class TenantSettings
{
    /// <summary>Names of models, with commas; a name stands for its adapters, too. Null = every model.</summary>
    public string? Models { get; set; }

    /// <summary>Most calls in a minute, on average; as many may come at once. Null = any number.</summary>
    public double? RequestsPerMinute { get; set; }

    /// <summary>Most work in a minute, on average, in frames times sampling steps, as bills have it. Null = any amount.</summary>
    public double? FrameStepsPerMinute { get; set; }

    // Models become a header: none would mean all.
    internal bool IsValid => RequestsPerMinute is null or >= 1 && FrameStepsPerMinute is null or >= 1
        && (Models is null || (Models.Any(char.IsAsciiLetterOrDigit) && Models.All(c => c is >= ' ' and <= '~')));
}

/// <summary>All that are configured, by name; what one leaves open, and whoever is not named, is as "default" says.</summary>
public sealed class TenantsSettings() : Dictionary<string, TenantSettings>(StringComparer.OrdinalIgnoreCase)
{
    public const string Section = "Tenants";

    private const string Default = "default";

    internal bool IsValid => Values.All(tenant => tenant.IsValid);

    internal TenantSettings Of(string tenant)
    {
        var (own, others) = (this.GetValueOrDefault(tenant), this.GetValueOrDefault(Default));
        return new TenantSettings
        {
            Models = own?.Models ?? others?.Models,
            RequestsPerMinute = own?.RequestsPerMinute ?? others?.RequestsPerMinute,
            FrameStepsPerMinute = own?.FrameStepsPerMinute ?? others?.FrameStepsPerMinute,
        };
    }
}

/// <summary>How much each tenant asks of the mesh in a minute.</summary>
internal sealed class TenantLimits(IOptions<TenantsSettings> tenants, TimeProvider time) : IDisposable
{
    private readonly PartitionedRateLimiter<string> _requests = Buckets(tenants.Value, tenant => tenant.RequestsPerMinute, time),
        _frameSteps = Buckets(tenants.Value, tenant => tenant.FrameStepsPerMinute, time);

    /// <summary>A call begins. One of a tenant that has no work left is refused before it brings its audio.</summary>
    /// <param name="isWork">it makes something</param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED, with the time when to come again</exception>
    public void Begin(string tenant, bool isWork)
    {
        Take(_requests, tenant, 1, "calls", "TENANT_RATE_LIMIT");
        if (isWork)
            Work(tenant, 0);
    }

    /// <summary>So much work is to be done, in frames times sampling steps.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED, with the time when to come again</exception>
    public void Work(string tenant, long frameSteps) =>
        Take(_frameSteps, tenant, (int)Math.Min(int.MaxValue, frameSteps), "frame-steps", "TENANT_COST_LIMIT");

    public void Dispose()
    {
        _requests.Dispose();
        _frameSteps.Dispose();
    }

    private static void Take(PartitionedRateLimiter<string> buckets, string tenant, int count, string unit, string reason)
    {
        using var lease = buckets.AttemptAcquire(tenant, count);
        if (!lease.IsAcquired)
            throw RpcErrors.Retry(
                StatusCode.ResourceExhausted, $"this tenant has used up its {unit} of this minute", reason,
                lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : null);
    }

    private static PartitionedRateLimiter<string> Buckets(
        TenantsSettings tenants, Func<TenantSettings, double?> limit, TimeProvider time) =>
        PartitionedRateLimiter.Create<string, string>(tenant => limit(tenants.Of(tenant)) is { } perMinute
            ? RateLimitPartition.Get(tenant, _ => new TokenBucket(perMinute, time))
            : RateLimitPartition.GetNoLimiter(tenant));
}
