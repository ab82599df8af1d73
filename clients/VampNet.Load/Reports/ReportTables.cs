using System.Globalization;

namespace VampNet.Load.Reports;

/// <summary>A table of a report.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Columns">The first one holds names, the others numbers.</param>
/// <param name="Rows">As many cells as there are columns.</param>
public sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);

/// <summary>A report as tables, for the terminal and for Markdown.</summary>
public static class ReportTables
{
    private static readonly string[] s_times = ["calls", "p50 s", "p90 s", "p99 s", "p99.9 s", "max s"];

    /// <summary>All tables that have rows.</summary>
    public static IReadOnlyList<ReportTable> Of(LoadReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var result = report.Result;
        ReportTable[] tables =
        [
            Run(result),
            new("latency", ["", .. s_times], Latencies(result)),
            new("by tenant", ["tenant", .. s_times, "failed"], [.. result.Tenants.Select(Row)]),
            new("errors", ["status", "reason", "calls"], [.. result.Errors.Select(e => new[] { e.Status, e.Reason, $"{e.Count}" })]),
            new(
                "time in the stages", ["stage", "operation", "jobs", "queue s", "service s", "of it waiting s", "batch", "device busy"],
                [
                    .. report.Work.Select(work => new[]
                    {
                        work.Stage, work.Operation, $"{work.Jobs}", Seconds(work.Queue), Seconds(work.Service), Seconds(work.Waits),
                        Number(work.BatchSize), Percent(work.DeviceShare),
                    }),
                ]),
            new(
                "steps of the search", ["calls/s", "answered/s", "p50 s", "p99 s", "failed", ""],
                [
                    .. (report.Saturation?.Steps ?? []).Select(step => new[]
                    {
                        Number(step.Rate), Number(step.Result.CallsPerSecond), Seconds(step.Result.Latency.P50),
                        Seconds(step.Result.Latency.P99), $"{step.Result.Failed}", step.Broken ?? "held",
                    }),
                ]),
        ];
        return [.. tables.Where(table => table.Rows.Count > 0)];
    }

    /// <summary>Figures side by side.</summary>
    public static ReportTable Of(LoadComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return new("compared", ["", "before", "now", "change", ""],
            [
                .. comparison.Figures.Select(figure => new[]
                {
                    figure.Name, Number(figure.Before), Number(figure.Now),
                    figure.Before > 0 ? Percent(figure.Now / figure.Before - 1) : "", figure.IsWorse ? "worse" : "",
                }),
            ]);
    }

    private static ReportTable Run(LoadResult result)
    {
        List<string[]> rows =
        [
            ["answered", $"{result.Done}"],
            ["failed", $"{result.Failed}"],
            ["seconds", Number(result.Seconds)],
            ["calls/s", Number(result.CallsPerSecond)],
            ["music s/s", Number(result.MusicPerSecond)],
        ];
        if (result.Rate is { } rate)
            rows.Insert(0, ["calls/s asked for", Number(rate)]);
        if (result.Fairness is { } fairness)
            rows.Add(["fairness (Jain)", Number(fairness)]);
        return new("run", ["", ""], rows);
    }

    private static List<string[]> Latencies(LoadResult result)
    {
        List<string[]> rows = [Row("answer", result.Latency)];
        if (result.First.Count > 0)
            rows.Add(Row("first result", result.First));
        if (result.Kinds.Count > 1)
            rows.AddRange(result.Kinds.Select(kind => Row(kind.Name, kind.Latency)));
        return rows;
    }

    private static string[] Row(CallGroup group) => [.. Row(group.Name, group.Latency), $"{group.Failed}"];

    private static string[] Row(string name, Percentiles p) =>
        [name, $"{p.Count}", Seconds(p.P50), Seconds(p.P90), Seconds(p.P99), Seconds(p.P999), Seconds(p.Max)];

    private static string Seconds(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Percent(double value) => value.ToString("0.0 %", CultureInfo.InvariantCulture);
}
