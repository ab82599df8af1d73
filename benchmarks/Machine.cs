using System.Globalization;

namespace VampNet.Benchmarks;

/// <summary>Where the numbers come from, so that nobody compares what cannot be compared.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var threads = Environment.GetEnvironmentVariable("OMP_NUM_THREADS") ?? "default";
        return $"{Processor()}, {Environment.ProcessorCount} cores, OMP_NUM_THREADS={threads}, load average before the run {Load()}, "
            + $".NET {Environment.Version}";
    }

    private static string Processor() =>
        Lines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            ?? "unknown processor";

    private static string Load() =>
        Lines("/proc/loadavg").FirstOrDefault()?.Split(' ')[0].ToString(CultureInfo.InvariantCulture) ?? "unknown";

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];
}
