using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Load.Reports;

namespace VampNet.Cli.Commands.Load;

/// <summary>Where a report goes, and what it is compared with.</summary>
internal sealed class ReportFlags
{
    private readonly Option<string?> _json = new("--json") { Description = "Write the report as JSON, for --compare.", HelpName = "FILE" };
    private readonly Option<string?> _markdown = new("--markdown") { Description = "Write the report as Markdown.", HelpName = "FILE" };
    private readonly Option<string?> _picture = new("--picture") { Description = "Write a picture (SVG).", HelpName = "FILE" };
    private readonly Option<string?> _compare = new("--compare")
    {
        Description = "An older report (JSON) of the same kind; the exit code is 1 where this run is worse.",
        HelpName = "FILE",
    };
    private readonly Option<double> _tolerance = new("--tolerance")
    {
        Description = "With --compare: by which share a figure may be worse.",
        HelpName = "SHARE",
        DefaultValueFactory = _ => 0.1,
    };

    public ReportFlags(Command command)
    {
        _tolerance.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and < 1))
                result.AddError("--tolerance must be at least 0, below 1");
        });
        Option[] options = [_json, _markdown, _picture, _compare, _tolerance];
        command.AddOptions("The report", options);
    }

    /// <summary>The report to compare with; null = none.</summary>
    /// <exception cref="BadInputException">there is no such file, it is no report, or it would be overwritten</exception>
    public async Task<LoadReport?> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_compare) is not { } path)
            return null;
        Requirements.HasFile(path);
        if (parsed.GetValue(_json) is { } json && Path.GetFullPath(json) == Path.GetFullPath(path))
            throw new BadInputException($"--json would overwrite {path}, with which it is compared");
        try
        {
            return LoadReport.FromJson(await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (InvalidDataException error)
        {
            throw new BadInputException($"{path} {error.Message}");
        }
    }

    /// <summary>Prints the report and writes its files.</summary>
    public async Task WriteAsync(ParseResult parsed, LoadReport report, string machine, CancellationToken cancellationToken)
    {
        foreach (var table in ReportTables.Of(report))
            TableDisplay.Print(table);
        await WriteAsync(_json, report.ToJson);
        await WriteAsync(_markdown, () => MarkdownReport.Write(report, machine));
        await WriteAsync(_picture, () => LoadPicture.Draw(report));

        async Task WriteAsync(Option<string?> file, Func<string> text)
        {
            if (parsed.GetValue(file) is not { } path)
                return;
            await File.WriteAllTextAsync(path, text(), cancellationToken);
            Console.WriteLine($"wrote   {path}");
        }
    }

    /// <exception cref="BadInputException">the reports are of different kinds</exception>
    /// <exception cref="InvalidDataException">the newer one is worse</exception>
    public void Compare(ParseResult parsed, LoadReport before, LoadReport now)
    {
        var path = parsed.GetValue(_compare)!;
        LoadComparison comparison;
        try
        {
            comparison = LoadComparison.Of(before, now, parsed.GetValue(_tolerance));
        }
        catch (InvalidDataException error)
        {
            throw new BadInputException($"{path} {error.Message}");
        }
        TableDisplay.Print(ReportTables.Of(comparison));
        if (comparison.Regressions is { Count: > 0 } worse)
            throw new InvalidDataException($"worse than {path} by more than {parsed.GetValue(_tolerance):P0}: {string.Join("; ", worse)}");
    }
}
