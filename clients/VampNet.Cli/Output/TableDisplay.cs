using Spectre.Console;
using VampNet.Load.Reports;

namespace VampNet.Cli.Output;

/// <summary>A table at the terminal.</summary>
internal static class TableDisplay
{
    // Where the output is no terminal, whose width is known.
    private const int Width = 140;

    public static void Print(ReportTable table)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = Width;
        var display = new Table { Border = TableBorder.Simple, Title = new TableTitle(Markup.Escape(table.Title)) };
        for (var column = 0; column < table.Columns.Count; column++)
            display.AddColumn(
                new TableColumn(Markup.Escape(table.Columns[column])) { Alignment = column == 0 ? Justify.Left : Justify.Right });
        foreach (var row in table.Rows)
            display.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(display);
    }
}
