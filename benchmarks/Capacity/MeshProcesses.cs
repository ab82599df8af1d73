using System.Globalization;
using Grpc.Net.Client;
using VampNet.Core;
using VampNet.Load.Servers;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;

namespace VampNet.Benchmarks.Capacity;

/// <summary>A mesh on this machine: the gateway and each stage a process of its own, with one compute thread each.</summary>
internal sealed class MeshProcesses : IAsyncDisposable
{
    private const double TicksPerSecond = 100; // of /proc/stat

    private readonly List<ServiceProcess> _processes = []; // the gateway's last
    private ServerMetrics _metrics = null!;

    private MeshProcesses()
    {
    }

    public Uri Gateway { get; private set; } = null!;

    /// <summary>Ends when all of it serves.</summary>
    public static async Task<MeshProcesses> StartAsync(string package, string device)
    {
        var mesh = new MeshProcesses();
        try
        {
            // The whole job each time, and no request refused.
            string[] settings =
            [
                "OMP_NUM_THREADS=1", $"--Model:Device={device}", "--Model:WatchSeconds=0", "--EncodeCache:MaxBytes=0",
                "--Admission:MaxCalls=1000", "--Admission:MaxCallsPerTenant=1000",
            ];
            var stages = await Task.WhenAll(StageInfo.All.Select(
                stage => mesh.StartAsync($"VampNet.Services.{stage.Program}", stage.Service, package, settings)));
            mesh.Gateway = await mesh.StartAsync(
                "VampNet.Gateway", VampService.Descriptor.FullName, package,
                [
                    .. settings,
                    .. StageInfo.All.Zip(stages, (stage, at) => $"--Stages:{stage.Program}={at.GetLeftPart(UriPartial.Authority)}"),
                ]);
            mesh._metrics = new ServerMetrics([.. stages.Select(stage => new Uri(stage, "metrics"))]);
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the stages have measured so far.</summary>
    public Task<MetricsSample> ReadAsync(CancellationToken cancellation) => _metrics.ReadAsync(cancellation);

    /// <summary>Seconds that a stage computed in between.</summary>
    public static double Computed(MetricsSample before, MetricsSample after, string stage) => after.Since(before)
        .Where(histogram => histogram.Metric == "vampnet_compute_duration_seconds" && histogram.Labels["vampnet_stage"] == stage)
        .Sum(histogram => histogram.Count * histogram.Mean);

    /// <summary>Processor seconds of the gateway and of this process, of those and the stages, and of everything on this machine.</summary>
    public (double Beside, double Own, double All) ProcessorTime()
    {
        var beside = _processes[^1].ProcessorTime.TotalSeconds + Environment.CpuUsage.TotalTime.TotalSeconds;
        // user, nice, system, idle, iowait, irq, softirq, steal
        var ticks = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToList();
        return (
            beside, _processes.SkipLast(1).Sum(process => process.ProcessorTime.TotalSeconds) + beside,
            (ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond);
    }

    public async ValueTask DisposeAsync()
    {
        _metrics?.Dispose();
        foreach (var process in Enumerable.Reverse(_processes))
            await process.DisposeAsync();
    }

    private async Task<Uri> StartAsync(string program, string service, string package, string[] settings)
    {
        var process = new ServiceProcess(program, package, null, settings);
        _processes.Add(process);
        var address = await process.AddressAsync();
        using var channel = GrpcChannel.ForAddress(address);
        await process.ServingAsync(channel, service);
        return address;
    }
}
