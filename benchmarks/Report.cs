using System.Globalization;
using System.Text;

namespace VampNet.Benchmarks;

/// <summary>The numbers of one run, as a page of Markdown.</summary>
internal sealed record Report(Workload Workload, string Folder, string Device, int Runs, string Machine)
{
    /// <param name="stages">each by itself</param>
    /// <param name="mesh">the same job through the gateway</param>
    /// <param name="official">at the published sizes; null = not measured</param>
    public string Write(IReadOnlyList<Timing> stages, Timing mesh, OfficialBenchmark? official)
    {
        var sum = stages.Sum(stage => stage.Median);
        // The pipeline tracks beats only where the prompt asks for them.
        var inMesh = stages.Where(stage => stage.Name != "beats").Sum(stage => stage.Median);
        var text = new StringBuilder()
            .AppendLine("# Benchmarks")
            .AppendLine()
            .AppendLine("Written by `make bench`. Compare the ratios; seconds hold for one machine and one moment.")
            .AppendLine()
            .AppendLine(
                $"- {Workload.Seconds:0.#} s of {Workload.Name}, the model's preset {Workload.Preset}, "
                    + $"{Workload.Sampling.Steps} steps each for coarse and fine")
            .AppendLine($"- {Path.GetFileName(Folder)} on {Device}; median of {Runs} runs after one that is not counted")
            .AppendLine($"- {Machine}")
            .AppendLine()
            .AppendLine("| stage | median s | fastest s | slowest s | processor s | share | times real time |")
            .AppendLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach (var stage in stages)
            Row(text, stage, $"{stage.Median / sum:0 %}");
        text.AppendLine(
            $"| all stages | {sum:0.000} | | | {stages.Sum(stage => stage.MedianProcessor):0.000} | 100 % | {Workload.Seconds / sum:0.0} "
                + "|");
        Row(text, mesh with { Name = "through the gateway, without beats" }, "");
        text.AppendLine()
            .AppendLine(
                $"gRPC, the gateway and reading and writing audio files: {mesh.Median / inMesh:0.00} times the stages by themselves.");
        if (official is not null)
            Write(text, official);
        return text.ToString();
    }

    private void Write(StringBuilder text, OfficialBenchmark official)
    {
        text.AppendLine()
            .AppendLine("## At the published sizes")
            .AppendLine()
            .AppendLine(
                $"{Workload.Seconds:0.#} s, all tokens hidden, random weights: coarse 20 layers, fine 16, 1,280 wide; LAC 64 wide. The "
                    + "floor is the number of operations")
            .AppendLine("that products and convolutions need, over the most a second that a large one did in this run.")
            .AppendLine()
            .AppendLine("| work | median s | processor s | floor s | times the floor |")
            .AppendLine("|---|---:|---:|---:|---:|");
        foreach (var (timing, floor) in official.Timings)
            text.AppendLine(
                $"| {timing.Name} | {timing.Median:0.00} | {timing.MedianProcessor:0.00} | {floor:0.00} | {timing.Median / floor:0.0} |");
        text.AppendLine()
            .AppendLine(
                $"Loading the coarse generator in bfloat16 took {official.Loading:0.0} s. In bfloat16 log-probabilities differ by "
                    + $"{official.LogitError:0.000} on average,")
            .AppendLine(
                $"and {official.Agreement:0 %} of the tokens of one greedy step agree (random weights make near ties; trained ones agree "
                    + "more).");
    }

    private void Row(StringBuilder text, Timing timing, string share) =>
        text.AppendLine(
            $"| {timing.Name} | {timing.Median:0.000} | {timing.Fastest:0.000} | {timing.Slowest:0.000} | {timing.MedianProcessor:0.000} "
                + $"| {share} | {Workload.Seconds / timing.Median:0.0} |");
}

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
