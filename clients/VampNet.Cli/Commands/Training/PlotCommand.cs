using System.CommandLine;
using VampNet.Training.Plots;

namespace VampNet.Cli.Commands.Training;

/// <summary><c>vampnet train plot RUN…</c>: the curves of training runs.</summary>
internal static class PlotCommand
{
    public static Command Create()
    {
        var command = new Command("plot", "Draw the curves of a run, or those of several over one another.");
        var runs = new Argument<string[]>("RUN") { Description = "Run folders.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o")
        {
            Description = "The SVG file to write. Without: curves.svg in the first run folder.",
            HelpName = "FILE",
        };
        command.Arguments.Add(runs);
        command.Options.Add(output);
        command.SetAction(parsed =>
        {
            var folders = parsed.GetValue(runs)!;
            if (folders.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
                throw new BadInputException($"{missing} is no folder");
            var path = parsed.GetValue(output) ?? Path.Combine(folders[0], "curves.svg");
            File.WriteAllText(path, Chart.Join(RunPlot.Draw(folders)));
            Console.WriteLine($"wrote   {path}");
        });
        return command;
    }
}
