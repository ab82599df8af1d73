using System.Globalization;
using System.Text;
using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation.Reports;

/// <summary>The tables of the report.</summary>
internal static class ReportTables
{
    private static readonly string[] s_octaves = ["63 Hz", "125", "250", "500", "1 kHz", "2", "4", "8", "16"];

    /// <param name="distance">what the Fréchet distance is called</param>
    public static void Write(StringBuilder text, Experiment experiment, IReadOnlyList<Outcome> outcomes, string distance)
    {
        string[] timed = experiment.IsTimed ? ["seconds, alone"] : [];
        Table(text, ["condition", "kept, bit/s", "mel error 2048", "mel error 512", distance, .. timed], outcomes.Select(o =>
            (string[])[o.Condition, $"{o.BitsPerSecond:0}", $"{o.MelLong}", $"{o.MelShort}", $"{o.Frechet}",
                .. experiment.IsTimed ? [$"{o.Alone:0.0}"] : Array.Empty<string>()]));
        Table(text, ["heard", "chroma", "chance", "onsets", "tempo", "octave, dB", "pulse, dB"], outcomes.Select(o =>
            (string[])[o.Condition, .. Cells(o.Perceptual)]));
        if (outcomes.Where(o => o.Context is not null).ToList() is { Count: > 0 } given)
            Table(
                text, ["beside what was given", "chroma inside", "chance", "chroma outside", "pitch classes", "the music's own"],
                given.Select(o => (string[])[o.Condition, $"{o.Perceptual.Chroma.Value:0.00}", $"{o.Perceptual.Chroma.Chance:0.00}",
                    $"{o.Context!.Outside.Value:0.00}", $"{o.Context.PitchClasses:0.00}", $"{o.Context.Music:0.00}"]));
        if (experiment.IsThorough)
            Table(text, ["octave, dB (furthest)", .. s_octaves], outcomes.Select(o => (string[])[o.Condition,
                .. o.Perceptual.Octaves.Zip(o.FurthestOctaves, (mean, furthest) => $"{Signed(mean)} ({Signed(furthest)})")]));
        Table(text, ["sound", "loudness, LU", "10–14 kHz, dB", "offset", "joins", "buzz, dB"], outcomes.Select(o => (string[])[
            o.Condition, Signed(o.Sound.Loudness), Signed(o.Sound.Treble), $"{o.Sound.Offset:0.0000}", $"{o.Sound.Joins:0.00}",
            Signed(o.Sound.Buzz)]));
    }

    public static void Write(StringBuilder text, IReadOnlyList<RenderedOutcome> outcomes)
    {
        text.AppendLine().AppendLine(RenderedPieces.Description);
        string[] none = ["", "", "", "", "", ""];
        Table(
            text, ["rendered", "notes of scales", "of chords", "chroma", "chance", "onsets", "tempo", "octave, dB", "pulse, dB"],
            outcomes.Select(o => (string[])[o.Condition, $"{o.Scales.Right} of {o.Scales.Of}", $"{o.Chords.Right} of {o.Chords.Of}",
                .. o.Perceptual is { } means ? Cells(means) : none]));
    }

    private static string[] Cells(PerceptualMetrics means) =>
    [
        $"{means.Chroma.Value:0.00}", $"{means.Chroma.Chance:0.00}", $"{means.Onsets:0.00}", $"{means.Tempo:0.00}",
        Signed(means.WorstOctave), Signed(means.Pulse),
    ];

    /// <summary>With an empty line before it; the first column is text, the others are numbers.</summary>
    private static void Table(StringBuilder text, string[] heads, IEnumerable<string[]> rows)
    {
        text.AppendLine().AppendLine($"| {string.Join(" | ", heads)} |");
        text.AppendLine($"|---|{string.Concat(Enumerable.Repeat("---:|", heads.Length - 1))}");
        foreach (var row in rows)
            text.AppendLine($"| {string.Join(" | ", row)} |");
    }

    private static string Signed(double value) => value.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);
}
