using System.Text;

namespace VampNet.Load.Reports;

/// <summary>A report as a page of Markdown.</summary>
public static class MarkdownReport
{
    /// <summary>The page.</summary>
    /// <param name="report">The report.</param>
    /// <param name="machine">On what it was measured, in words.</param>
    public static string Write(LoadReport report, string machine)
    {
        ArgumentNullException.ThrowIfNull(report);
        var settings = report.Settings;
        var text = new StringBuilder()
            .AppendLine(FormattableString.Invariant($"# {settings.Stage} under load"))
            .AppendLine()
            .AppendLine(FormattableString.Invariant($"{report.Begun:yyyy-MM-dd HH:mm} UTC, {machine}. {Describe(settings)}"));
        foreach (var table in ReportTables.Of(report))
        {
            text.AppendLine().AppendLine(FormattableString.Invariant($"## {table.Title}")).AppendLine()
                .AppendLine(Row(table.Columns))
                .AppendLine(Row(table.Columns.Select((_, column) => column == 0 ? "---" : "---:")));
            foreach (var row in table.Rows)
                text.AppendLine(Row(row));
        }
        return text.ToString();
    }

    /// <summary>The settings in a sentence.</summary>
    public static string Describe(LoadSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var load = settings.Rate is { } rate
            ? $"{rate:0.###} calls a second ({settings.Arrivals}), at most {settings.Concurrency} at once"
            : $"{settings.Concurrency} callers that wait for their answers";
        var tenants = settings.Tenants > 0 ? $", {settings.Tenants} tenants" : "";
        return FormattableString.Invariant(
            $"{load}, for {settings.Seconds:0.###} s; mix {settings.Mix}, {settings.Steps} sampling steps{tenants}.");
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells.Select(cell => cell.Replace("|", "\\|")))} |";
}
