using System.Text;
using VampNet.Load.Reports;
using Chart = VampNet.Load.Reports.Plot;

namespace VampNet.Benchmarks.Load;

/// <summary>The numbers of one run under load, as a page of Markdown and a plot a stage.</summary>
internal sealed record LoadReport(
    LoadOptions Options, string Machine, IReadOnlyList<StageLoadTest> Stages, IReadOnlyList<StepProfile> Profiles,
    IReadOnlyList<FirstAudio> Tracks)
{
    /// <param name="plot">file name of a stage's plot</param>
    public string Write(Func<string, string> plot)
    {
        var text = new StringBuilder()
            .AppendLine("# Generators under load")
            .AppendLine()
            .AppendLine("Written by `make bench-load`. Compare the ratios: all of it is one run, in which the ways to batch took turns.")
            .AppendLine()
            .AppendLine($"- {Path.GetFileName(Options.Package)} on {Options.Device}: {Machine}")
            .AppendLine(
                $"- Real gRPC to one generator stage over loopback; {Options.Rounds} rounds of {Options.Requests} requests for every "
                    + "line. Requests are windows from a tenth of the model's longest to the longest (short ones more often: the "
                    + "logarithm is uniform), of 8 to 36 steps, under five prompts.")
            .AppendLine(
                $"- *{Variant.One.Text()}*: first come, first served (`Scheduling:MaxBatch=1`). *{Variant.Static.Text()}*: what waits "
                    + "becomes a batch, and nobody joins until its last member is done (`benchmarks/Load/StaticBatching.cs`; nothing is "
                    + $"padded, and whoever is done is answered, so it is kinder than most). *{Variant.Step.Text()}*: as the mesh serves.")
            .AppendLine("- Every request got the same tokens in every line of its round: the run fails otherwise.");
        foreach (var stage in Stages)
            Write(text, stage, plot(stage.Part));
        WriteProfile(text);
        text.AppendLine().Append(FirstAudio.Write(Tracks, Options));
        return text.ToString();
    }

    public static string Plot(StageLoadTest stage)
    {
        return Chart.Page(
            [
                OfLoad("answers a second", "requests a second", false, 0, run => run.Throughput),
                OfLoad("p50", "seconds", true, 390, run => run.Quantile(0.5)),
                OfLoad("p99", "seconds", true, 780, run => run.Quantile(0.99)),
            ]);

        Chart OfLoad(string title, string unit, bool isLogarithmic, double left, Func<Measurement, double> value) =>
            new(title, "offered load (1 = one at a time, saturated)", unit, isLogarithmic, left,
                [.. stage.Loaded.Select(runs => new Curve(runs[0].Variant.Text(), [.. LoadOptions.Loads.Zip(runs.Select(value))]))]);
    }

    private static void Write(StringBuilder text, StageLoadTest stage, string plot)
    {
        text.AppendLine()
            .AppendLine($"## {stage.Part}")
            .AppendLine()
            .AppendLine(
                $"Longest window {stage.Model.WindowFrames} frames, {stage.Model.Layers} layers of {stage.Model.Dimension}; a request by "
                    + $"itself takes {stage.Alone:0.000} s on average.")
            .AppendLine()
            .AppendLine($"Saturated, {LoadOptions.Clients} clients that never pause:")
            .AppendLine()
            .AppendLine($"| | requests/s | music s/s | p50 s | p99 s | of {Variant.One.Text()} | in each round |")
            .AppendLine("|---|---:|---:|---:|---:|---:|---|");
        foreach (var variant in Variants.All)
        {
            var ratios = stage.Saturated.Select(round => round[(int)variant].Throughput / round[(int)Variant.One].Throughput).ToList();
            var all = Measurement.Sum([.. stage.Saturated.Select(round => round[(int)variant])]);
            text.AppendLine(
                $"| {variant.Text()} | {all.Throughput:0.00} | {all.MusicSeconds / all.Elapsed:0.0} | {all.Quantile(0.5):0.00} | "
                    + $"{all.Quantile(0.99):0.00} | {ratios.Order().ElementAt(ratios.Count / 2):0.00} | "
                    + $"{string.Join(", ", ratios.Select(r => $"{r:0.00}"))} |");
        }
        text.AppendLine()
            .AppendLine(
                "Random arrivals that wait for nobody (Poisson); a load of 1 is as many requests as one at a time gets done when it is "
                    + "saturated, in the same round. Latency counts from the moment that a request was to arrive:")
            .AppendLine()
            .AppendLine("| load | | answers/s | p50 s | p99 s | p50 of one at a time | p99 of one at a time |")
            .AppendLine("|---:|---|---:|---:|---:|---:|---:|");
        for (var load = 0; load < LoadOptions.Loads.Count; load++)
        {
            var one = stage.Loaded[(int)Variant.One][load];
            foreach (var run in stage.Loaded.Select(runs => runs[load]))
                text.AppendLine(
                    $"| {LoadOptions.Loads[load]:0.0} | {run.Variant.Text()} | {run.Throughput:0.00} | {run.Quantile(0.5):0.000} | "
                        + $"{run.Quantile(0.99):0.000} | {run.Quantile(0.5) / one.Quantile(0.5):0.00} | "
                        + $"{run.Quantile(0.99) / one.Quantile(0.99):0.00} |");
        }
        text.AppendLine().AppendLine($"![{stage.Part}: answers, p50 and p99 against offered load]({plot})");
    }

    private void WriteProfile(StringBuilder text)
    {
        text.AppendLine()
            .AppendLine("## Where a step's time goes")
            .AppendLine()
            .AppendLine(
                "Milliseconds of one sequence in one step, without gRPC: in the layers; in the classifier, were all tokens hidden; of "
                    + "the whole step, the mean of a generation of 12 steps from nothing. *Processor* is the whole step's on all cores "
                    + "together. *Gain*: how many times more a batch gets done than one sequence at a time.")
            .AppendLine()
            .AppendLine("| stage | frames | batch | layers | classifier | step | processor | gain |")
            .AppendLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var row in Profiles)
        {
            var alone = Profiles.First(p => (p.Part, p.Frames, p.Batch) == (row.Part, row.Frames, 1));
            text.AppendLine(
                $"| {row.Part} | {row.Frames} | {row.Batch} | {row.Layers:0.00} | {row.Logits:0.00} | {row.Step:0.00} | "
                    + $"{row.Processor:0.00} | {alone.Step / row.Step:0.00} |");
        }
    }
}
