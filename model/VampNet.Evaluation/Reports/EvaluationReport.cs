using System.Globalization;
using System.Text;
using VampNet.Evaluation.Findings;

namespace VampNet.Evaluation.Reports;

/// <summary>What was measured, as a page of Markdown with pictures beside it.</summary>
/// <param name="Model">what was measured, in a line</param>
/// <param name="Command">that writes this report</param>
/// <param name="Excerpts">of how many stretches</param>
/// <param name="Seconds">each</param>
/// <param name="Tracks">that they are from</param>
/// <param name="Distance">what the Fréchet distance is called</param>
public sealed record EvaluationReport(
    string Model, string Command, int Excerpts, double Seconds, IReadOnlyList<string> Tracks, string Distance)
{
    private readonly List<(Experiment Experiment, IReadOnlyList<Outcome> Outcomes)> _experiments = [];
    private readonly Dictionary<string, IReadOnlyList<RenderedOutcome>> _rendered = []; // by the experiment's name

    public void Add(Experiment experiment, IReadOnlyList<Outcome> outcomes) => _experiments.Add((experiment, outcomes));

    /// <param name="rendered">of the pieces under the conditions of an experiment that was added</param>
    public void Add(Experiment experiment, IReadOnlyList<RenderedOutcome> rendered) => _rendered.Add(experiment.Name, rendered);

    /// <summary>Writes <c>README.md</c> and the pictures that it shows.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var pictures = new Dictionary<string, string>(); // by the experiment's name, as Markdown
        foreach (var (experiment, outcomes) in _experiments.Where(e => !e.Experiment.IsBaseline))
            pictures.Add(experiment.Name, Draw(folder, experiment, outcomes));
        var text = new StringBuilder(Preface());
        PaperFigures.Write(text, pictures);
        WriteFindings(text);
        foreach (var (experiment, outcomes) in _experiments)
        {
            text.AppendLine().AppendLine($"## {experiment.Title}");
            ReportTables.Write(text, experiment, outcomes, Distance);
            if (!PaperFigures.Shows(experiment) && pictures.TryGetValue(experiment.Name, out var own))
                text.AppendLine().Append(own);
            if (_rendered.TryGetValue(experiment.Name, out var rendered))
                ReportTables.Write(text, rendered);
        }
        File.WriteAllText(Path.Combine(folder, "README.md"), text.ToString());
    }

    /// <summary>Writes an experiment's pictures.</summary>
    /// <returns>Markdown that shows them</returns>
    private string Draw(string folder, Experiment experiment, IReadOnlyList<Outcome> outcomes)
    {
        var baselines = _experiments.SelectMany(e => e.Outcomes).DistinctBy(o => o.Condition).ToList();
        var text = new StringBuilder();
        foreach (var chart in ReportCharts.Of(experiment, outcomes, baselines, Distance))
        {
            var file = $"{experiment.Name}-{chart.Name}.svg";
            File.WriteAllText(Path.Combine(folder, file), chart.Svg);
            text.AppendLine($"![{experiment.Title}: {chart.Figure}]({file})");
        }
        return text.ToString();
    }

    private string Embedding => Distance.StartsWith("FAD", StringComparison.Ordinal)
        ? "no PCA, before the last activation"
        : "over an embedding of our own (loudness and movement of mel bands, second by second), so it is no FAD";

    private string Preface() => string.Create(CultureInfo.InvariantCulture, $"""
        # Evaluation of {Model}

        Written by `{Command}`. `docs/evaluation.md` says what each column is.

        - {Excerpts} excerpts of {Seconds:0.#} s, spread evenly over {Tracks.Count} tracks that no model was trained on:
          {string.Join(", ", Tracks)}
        - mel error: equation 3 of the paper, the mean absolute difference of log10 mel magnitudes, at FFT 2048 (150 mels) and
          512 (80 mels), hop = FFT size (the paper's is a quarter of it)
        - {Distance}: between all excerpts and what each condition made of them; {Embedding}
        - in brackets and as lines in the pictures: 95 % of bootstrap resamples of the excerpts
        - inpainting and the continuation are compared without the context that they were given, as in the reference

        """);

    private void WriteFindings(StringBuilder text)
    {
        var findings = PaperFindings.Of(_experiments, Seconds);
        if (findings.Count == 0)
            return;
        text.AppendLine().AppendLine("## What the paper found").AppendLine()
            .AppendLine(
                "Every finding that the paper states in its sections 4 and 5, by section, and whether it is found here. \"As good as\" "
                    + "asks for no more than not being worse beyond the intervals. Where the intervals of what is compared overlap, other "
                    + "excerpts might say otherwise.")
            .AppendLine().AppendLine("| section | finding | here | |").AppendLine("|---|---|---|---|");
        foreach (var finding in findings)
        {
            var verdict = finding.Verdict switch
            {
                Verdict.Yes => "yes",
                Verdict.No => "**no**",
                _ => "not measured",
            };
            var overlap = finding.IntervalsOverlap ? " (intervals overlap)" : "";
            text.AppendLine($"| {finding.Section} | {finding.Claim} | {verdict}{overlap} | {finding.Figures} |");
        }
    }
}
