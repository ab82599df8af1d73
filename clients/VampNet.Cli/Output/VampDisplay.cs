using Spectre.Console;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Output;

/// <summary>Shows a vamp while it is made: a bar a stage on the error stream, where that is a terminal.</summary>
internal static class VampDisplay
{
    /// <summary>Runs <paramref name="work"/>, which reports what arrives from the gateway.</summary>
    public static async Task RunAsync(Func<Action<VampProgress>, Task> work)
    {
        if (Console.IsErrorRedirected)
        {
            await work(_ => { });
            return;
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn())
            .StartAsync(context =>
            {
                var bars = new Dictionary<Stage, ProgressTask>();
                var start = context.AddTask("start");
                start.IsIndeterminate = true;
                return work(progress =>
                {
                    (start.IsIndeterminate, start.Value) = (false, start.MaxValue);
                    if (!bars.TryGetValue(progress.Stage, out var bar))
                        bars[progress.Stage] = bar = context.AddTask(Name(progress.Stage));
                    (bar.MaxValue, bar.Value) = (Math.Max(1, progress.Steps), progress.Step);
                });
            });
    }

    /// <summary>The facts of a finished vamp, one a line.</summary>
    public static void Print(string path, VampSummary summary)
    {
        Console.WriteLine($"wrote   {path}");
        Console.WriteLine($"seed    {summary.Seed}");
        MaskDisplay.Print(summary.Figures);
        foreach (var stage in summary.Stages)
            Console.WriteLine($"{Name(stage.Stage),-7} {stage.Elapsed.ToTimeSpan().TotalSeconds,6:0.00} s");
    }

    private static string Name(Stage stage) => stage.ToString().ToLowerInvariant();
}
