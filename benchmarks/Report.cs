using System.Text;

namespace VampNet.Benchmarks;

/// <summary>The numbers of one run, as a page of Markdown.</summary>
internal sealed record Report(Workload Workload, string Folder, string Device, int Runs, string Machine)
{
    /// <param name="stages">each by itself</param>
    /// <param name="mesh">the same job through the gateway</param>
    public string Write(IReadOnlyList<Timing> stages, Timing mesh)
    {
        var sum = stages.Sum(stage => stage.Median);
        // The pipeline tracks beats only where the prompt asks for them.
        var inMesh = stages.Where(stage => stage.Name != "beats").Sum(stage => stage.Median);
        var text = new StringBuilder()
            .AppendLine("# Benchmarks")
            .AppendLine()
            .AppendLine("Written by `make bench`. Compare the ratios; seconds hold for one machine and one moment.")
            .AppendLine()
            .AppendLine($"- {Workload.Seconds:0.#} s of {Workload.Name}, prompt: every 7th frame of the leading 3 codebooks, {Workload.Sampling.Steps} steps each for coarse and fine")
            .AppendLine($"- {Path.GetFileName(Folder)} on {Device}; median of {Runs} runs after one that is not counted")
            .AppendLine($"- {Machine}")
            .AppendLine()
            .AppendLine("| stage | median s | fastest s | slowest s | share | times real time |")
            .AppendLine("|---|---:|---:|---:|---:|---:|");
        foreach (var stage in stages)
            Row(text, stage, $"{stage.Median / sum:0 %}");
        text.AppendLine($"| all stages | {sum:0.000} | | | 100 % | {Workload.Seconds / sum:0.0} |");
        Row(text, mesh with { Name = "through the gateway, without beats" }, "");
        return text
            .AppendLine()
            .AppendLine($"gRPC, the gateway and reading and writing audio files: {mesh.Median / inMesh:0.00} times the stages by themselves.")
            .ToString();
    }

    private void Row(StringBuilder text, Timing timing, string share) =>
        text.AppendLine($"| {timing.Name} | {timing.Median:0.000} | {timing.Fastest:0.000} | {timing.Slowest:0.000} | {share} | {Workload.Seconds / timing.Median:0.0} |");
}
