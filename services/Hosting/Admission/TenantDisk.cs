using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Audio;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Hosting.Admission;

/// <summary>How much audio may lie on the disk of a server: of one tenant, and of all. A call is asked when its spools grow.</summary>
internal sealed class TenantDisk(IOptions<MeshLimits> limits, RpcMetrics metrics)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _tenants = []; // those with bytes on disk
    private readonly long _max = limits.Value.MaxDiskBytes;
    private readonly long _maxPerTenant = limits.Value.MaxDiskBytesPerTenant ?? Math.Max(1, limits.Value.MaxDiskBytes / 4);
    private long _bytes;

    /// <summary>For the spools of one call.</summary>
    public ISpoolQuota Of(Tenant tenant) => new CallQuota(this, tenant.Name);

    private void Take(string tenant, long bytes, long ownBytes)
    {
        lock (_lock)
        {
            var tenants = _tenants.GetValueOrDefault(tenant) + bytes;
            if (tenants > _maxPerTenant)
                throw Full($"this tenant's audio would have more than {_maxPerTenant} bytes on disk here", "TENANT_DISK_FULL", tenants);
            if (_bytes + bytes > _max)
                throw Full($"audio would have more than {_max} bytes on disk here", "DISK_FULL", _bytes + bytes);
            (_tenants[tenant], _bytes) = (tenants, _bytes + bytes);
        }
        metrics.Spooled(bytes);

        // What a call takes alone does not become less with time.
        RpcException Full(string message, string reason, long wanted) => wanted == ownBytes
            ? RpcErrors.Refuse(StatusCode.ResourceExhausted, $"{message}, for this call alone", reason)
            : RpcErrors.Retry(StatusCode.ResourceExhausted, $"{message}, until other calls end", reason, RetryDelay);
    }

    private void Release(string tenant, long bytes)
    {
        lock (_lock)
        {
            _bytes -= bytes;
            if ((_tenants[tenant] -= bytes) == 0)
                _tenants.Remove(tenant);
        }
        metrics.Spooled(-bytes);
    }

    private sealed class CallQuota(TenantDisk disk, string tenant) : ISpoolQuota
    {
        private long _bytes;

        public void Take(long bytes)
        {
            disk.Take(tenant, bytes, Interlocked.Read(ref _bytes) + bytes);
            Interlocked.Add(ref _bytes, bytes);
        }

        public void Release(long bytes)
        {
            disk.Release(tenant, bytes);
            Interlocked.Add(ref _bytes, -bytes);
        }
    }
}
