using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Layers;
using VampNet.Services.AllInOne;

namespace VampNet.Mesh.Tests.Soak;

/// <summary>What a mesh holds while nobody asks for anything.</summary>
/// <param name="Levels">what its servers count: queues, calls at work, tensors</param>
/// <param name="Spools">audio on disk</param>
internal sealed record Footprint(IReadOnlyDictionary<string, double> Levels, long Tensors, int Spools)
{
    private static readonly string[] Counted = ["vampnet_", "http_server_active_requests"];

    public static async Task<Footprint> OfAsync(MeshHost mesh)
    {
        var levels = new Dictionary<string, double>();
        foreach (var server in (string[])[mesh.Gateway.ToString(), mesh.Stages["Codec"], mesh.Stages["CoarseGenerator"],
            mesh.Stages["FineGenerator"], mesh.Stages["BeatTracker"]])
        {
            var page = await PrometheusPage.GetAsync(new Uri(server));
            // What the gateway remembers of audio stays on purpose, up to its bound.
            foreach (var level in Counted.SelectMany(page.Levels)
                .Where(level => !level.Key.StartsWith("vampnet_gateway_cache_size", StringComparison.Ordinal)))
                levels.Add($"{server} {level.Key}", level.Value);
        }
        return new Footprint(levels, TensorCount.Alive, Directory.GetFiles("/proc/self/fd").Count(IsSpool)
            + Directory.GetFiles(Path.GetTempPath(), "vampnet-*").Length);
    }

    /// <summary>What is more here than there was before.</summary>
    public IEnumerable<string> Beyond(Footprint before)
    {
        foreach (var (name, value) in Levels)
        {
            if (value != before.Levels.GetValueOrDefault(name))
                yield return $"{name}: {value} instead of {before.Levels.GetValueOrDefault(name)}";
        }
        if (Tensors != before.Tensors)
            yield return $"{Tensors} tensors instead of {before.Tensors}";
        if (Spools != before.Spools)
            yield return $"{Spools} spool files instead of {before.Spools}";
    }

    /// <summary>Nameless files, as the process that holds them sees them.</summary>
    private static bool IsSpool(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName is { } path
                && path.Contains("/vampnet-", StringComparison.Ordinal) && path.EndsWith("(deleted)", StringComparison.Ordinal);
        }
        catch (FileNotFoundException)
        {
            return false; // closed since it was listed
        }
    }
}

/// <summary>Memory of this process, in bytes, without what is free and merely not given back.</summary>
/// <param name="Managed">objects that are alive</param>
/// <param name="Resident">all of it: libtorch's too</param>
/// <param name="Handles">files and sockets</param>
internal sealed partial record Memory(long Managed, long Resident, int Threads, int Handles)
{
    public static Memory Now()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _ = Trim(0);
        var resident = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        return new Memory(
            GC.GetTotalMemory(forceFullCollection: false), 1024 * long.Parse(resident, CultureInfo.InvariantCulture),
            Directory.GetDirectories("/proc/self/task").Length, Directory.GetFiles("/proc/self/fd").Length);
    }

    public override string ToString() =>
        $"{Managed >> 10} KiB managed, {Resident >> 20} MiB resident, {Threads} threads, {Handles} handles";

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}
