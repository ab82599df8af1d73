using System.Globalization;
using System.Text;
using VampNet.Load.Reports;

namespace VampNet.Simulation.Scenarios;

/// <summary>What one scenario adds to docs/capacity.md.</summary>
/// <param name="Table">Markdown</param>
/// <param name="Picture">SVG; null = none</param>
internal sealed record Section(string Table, string? Picture = null)
{
    /// <summary>Pictures stand side by side, this many pixels from one to the next.</summary>
    public const double PlotWidth = 390;

    /// <param name="columns">a colon at the end = numbers, to the right</param>
    public static string Markdown(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var text = new StringBuilder().AppendLine($"| {string.Join(" | ", columns.Select(column => column.TrimEnd(':')))} |")
            .AppendLine($"|{string.Join('|', columns.Select(column => column.EndsWith(':') ? "---:" : "---"))}|");
        foreach (var row in rows)
            text.AppendLine($"| {string.Join(" | ", row)} |");
        return text.ToString();
    }

    public static string Number(double value, string format = "0.00") =>
        double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);

    public static Curve Curve(string name, IEnumerable<(double X, double Y)> points) =>
        new(name, [.. points.Where(point => double.IsFinite(point.Y))]);

    /// <summary>A figure of the requests of each stretch of time, at its end.</summary>
    public static Curve OverTime(
        string name, Findings findings, double stretch, double end, Func<IReadOnlyList<Mesh.Outcome>, double> figure) =>
        Curve(name, Enumerable.Range(0, (int)(end / stretch)).Select(
            i => ((i + 1) * stretch, figure(findings.Between(i * stretch, (i + 1) * stretch)))));
}
