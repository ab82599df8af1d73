using System.Globalization;
using System.Text;
using VampNet.Evaluation.Metrics;
using VampNet.Training.Plots;

namespace VampNet.Evaluation;

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

    public void Add(Experiment experiment, IReadOnlyList<Outcome> outcomes) => _experiments.Add((experiment, outcomes));

    /// <summary>Of rendered pieces; null = none were measured.</summary>
    public IReadOnlyList<RenderedOutcome>? Rendered { get; set; }

    /// <summary>Writes <c>README.md</c> and the pictures that it shows.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        var text = new StringBuilder(Preface()).Append(OrderingsTable());
        foreach (var (experiment, outcomes) in _experiments)
        {
            text.AppendLine().AppendLine($"## {experiment.Title}").AppendLine();
            foreach (var table in new[] { Table(outcomes), PerceptualTable(outcomes), SoundTable(outcomes) })
                text.Append(table).AppendLine();
            foreach (var (name, figure, of) in Figures())
            {
                var file = $"{experiment.Name}-{name}.svg";
                File.WriteAllText(Path.Combine(folder, file), Draw(experiment, outcomes, figure, of));
                text.AppendLine($"![{experiment.Title}: {figure}]({file})");
            }
        }
        if (Rendered is not null)
            text.AppendLine().AppendLine("## Rendered scales").AppendLine().Append(RenderedTable(Rendered));
        File.WriteAllText(Path.Combine(folder, "README.md"), text.ToString());
    }

    private IEnumerable<(string Name, string Figure, Func<Outcome, Estimate> Of)> Figures() =>
        [("mel", "mel error at FFT 2048", o => o.MelLong), ("frechet", Distance, o => o.Frechet)];

    /// <summary>A curve over the axis of the experiment, or a bar a condition.</summary>
    private string Draw(Experiment experiment, IReadOnlyList<Outcome> outcomes, string figure, Func<Outcome, Estimate> of)
    {
        var title = $"{experiment.Title}: {figure}";
        if (experiment.Axis is not { } axis)
            return new BarChart(title, figure, [.. outcomes.Select(o => new Bar(o.Condition, of(o).Value, Interval(of(o))))]).ToSvg();
        var points = outcomes.Select(o => new CurvePoint(o.At!.Value, of(o).Value, Interval(of(o))));
        var (from, to) = (outcomes[0].At!.Value, outcomes[^1].At!.Value);
        Curve[] curves =
        [
            new Curve("generated", [.. points]) { IsMarked = true },
            .. Baselines().Select(o => new Curve(o.Condition, [new(from, of(o).Value), new(to, of(o).Value)]) { IsDashed = true }),
        ];
        return new Chart(title, axis, figure, curves) { IsLogarithmic = true }.ToSvg();

        static Interval Interval(Estimate estimate) => new(estimate.Low, estimate.High);
    }

    /// <summary>What curves are to be seen beside, where it was measured: the codec alone, noise, and Opus.</summary>
    private IEnumerable<Outcome> Baselines() => _experiments.SelectMany(e => e.Outcomes).DistinctBy(o => o.Condition)
        .Where(o => o.Condition is "codec" or "Opus at its lowest rate" or "noisy tokens, r=0.5" or "noisy tokens, r=0.9375");

    private string Embedding => Distance.StartsWith("FAD", StringComparison.Ordinal)
        ? "no PCA, before the last activation"
        : "over an embedding of our own (loudness and movement of mel bands, second by second), so it is no FAD";

    private string Preface() => string.Create(CultureInfo.InvariantCulture, $"""
        # Evaluation of {Model}

        Written by `{Command}`.

        - {Excerpts} excerpts of {Seconds:0.#} s, spread evenly over {Tracks.Count} tracks that no model was trained on:
          {string.Join(", ", Tracks)}
        - mel error: equation 3 of the paper, the mean absolute difference of log10 mel magnitudes, at FFT 2048 (150 mels) and
          512 (80 mels), hop = FFT size
        - {Distance}: between all excerpts and what each condition made of them; {Embedding}
        - in brackets: 95 % of bootstrap resamples of the excerpts
        - sound: loudness and the level of 10 to 14 kHz beside the music's, the share of a constant offset in the level,
          how much the slope jumps where frames meet, as a multiple of elsewhere, and how far 2 to 6 kHz pulse with the frames above the
          music (means over the excerpts)
        - heard: chroma is the correlation of the energies of the twelve pitch classes between 55 and 2,000 Hz, frame by frame, and chance
          the same with the frames shuffled; onsets are the correlation of onset strength; octave is the octave band from 63 Hz to 16 kHz
          whose level is furthest from the music's; pulse is how far the whole sound pulses with the frames above the music
        - inpainting is compared without the context that it was given, as in the reference

        """);

    private string OrderingsTable()
    {
        var orderings = Orderings.Of(_experiments);
        if (orderings.Count == 0)
            return "";
        var text = new StringBuilder().AppendLine().AppendLine("## What the paper found").AppendLine().AppendLine("| finding | here | |")
            .AppendLine("|---|---|---|");
        foreach (var (claim, holds, figures) in orderings)
            text.AppendLine($"| {claim} | {(holds ? "yes" : "**no**")} | {figures} |");
        return text.ToString();
    }

    private string Table(IReadOnlyList<Outcome> outcomes)
    {
        var text = new StringBuilder()
            .AppendLine($"| condition | kept, bit/s | mel error 2048 | mel error 512 | {Distance} |")
            .AppendLine("|---|---:|---:|---:|---:|");
        foreach (var outcome in outcomes)
            text.AppendLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {outcome.Condition} | {outcome.BitsPerSecond:0} | {Cell(outcome.MelLong)} | "
                        + $"{Cell(outcome.MelShort)} | {Cell(outcome.Frechet)} |"));
        return text.ToString();
    }

    private static string PerceptualTable(IReadOnlyList<Outcome> outcomes)
    {
        var text = new StringBuilder()
            .AppendLine("| heard | chroma | chance | onsets | octave, dB | pulse, dB |")
            .AppendLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (condition, heard) in outcomes.Select(o => (o.Condition, o.Perceptual)))
        {
            var (chroma, chance) = (heard.Chroma.Value, heard.Chroma.Chance);
            text.Append(CultureInfo.InvariantCulture, $"| {condition} | {chroma:0.00} | {chance:0.00} | {heard.Onsets:0.00} | ");
            text.AppendLine(CultureInfo.InvariantCulture, $"{heard.WorstOctave:+0.0;-0.0;0.0} | {heard.Pulse:+0.0;-0.0;0.0} |");
        }
        return text.ToString();
    }

    private static string RenderedTable(IReadOnlyList<RenderedOutcome> outcomes)
    {
        var text = new StringBuilder()
            .AppendLine(
                "Major scales on C3, C4, C5 and F♯3, a plain synthetic tone of 0.6 s a note; right is what sounds within half a semitone.")
            .AppendLine()
            .AppendLine("| rendered | notes right | of | chroma | chance | pulse, dB |")
            .AppendLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (condition, right, notes, heard) in outcomes)
        {
            var (chroma, chance) = (heard.Chroma.Value, heard.Chroma.Chance);
            text.Append(CultureInfo.InvariantCulture, $"| {condition} | {right} | {notes} | {chroma:0.00} | {chance:0.00} | ");
            text.AppendLine(CultureInfo.InvariantCulture, $"{heard.Pulse:+0.0;-0.0;0.0} |");
        }
        return text.ToString();
    }

    private static string SoundTable(IReadOnlyList<Outcome> outcomes)
    {
        var text = new StringBuilder()
            .AppendLine("| sound | loudness, LU | 10–14 kHz, dB | offset | joins | buzz, dB |")
            .AppendLine("|---|---:|---:|---:|---:|---:|");
        foreach (var (condition, sound) in outcomes.Select(o => (o.Condition, o.Sound)))
            text.AppendLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {condition} | {sound.Loudness:+0.0;-0.0;0.0} | {sound.Treble:+0.0;-0.0;0.0} | "
                        + $"{sound.Offset:0.0000} | {sound.Joins:0.00} | {sound.Buzz:+0.0;-0.0;0.0} |"));
        return text.ToString();
    }

    private static string Cell(Estimate estimate) =>
        string.Create(CultureInfo.InvariantCulture, $"{estimate.Value:0.000} ({estimate.Low:0.000}–{estimate.High:0.000})");
}
