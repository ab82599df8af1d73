using Spectre.Console;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Output;

/// <summary>Shows a vamp while it is made: a bar a stage on the error stream where that is a terminal, otherwise lines.</summary>
internal static class VampDisplay
{
    /// <summary>
    /// Runs <paramref name="work"/>, which reports the progress that arrives from the gateway: of several variations at once.
    /// </summary>
    public static async Task RunAsync(Func<Action<VampResponse>, Task> work)
    {
        if (Console.IsErrorRedirected)
        {
            await work(new ProgressLines(Console.Error, TimeProvider.System).Report);
            return;
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress()
            .Columns(
                new TaskDescriptionColumn
                {
                    Alignment = Justify.Left,
                }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(context =>
            {
                var bars = new Dictionary<Stage, (ProgressTask Bar, Dictionary<uint, VampProgress> Last)>();
                var start = context.AddTask("start");
                start.IsIndeterminate = true;
                return work(response =>
                {
                    (start.IsIndeterminate, start.Value) = (false, start.MaxValue);
                    var stage = response.Progress.Stage;
                    if (!bars.TryGetValue(stage, out var shown))
                        bars[stage] = shown = (context.AddTask(Name(stage)), []);
                    shown.Last[response.Variation] = response.Progress;
                    (shown.Bar.MaxValue, shown.Bar.Value) =
                        (Math.Max(1, shown.Last.Values.Sum(p => (double)p.Steps)), shown.Last.Values.Sum(p => (double)p.Step));
                });
            });
    }

    /// <summary>The facts of a finished vamp, one a line.</summary>
    public static void Print(string path, VampSummary summary)
    {
        if (Facts.AreJson)
        {
            var result = Facts.Of(summary);
            result["output"] = path;
            Facts.Append("results", result);
            return;
        }
        Console.WriteLine($"wrote   {path}");
        Console.WriteLine($"seed    {summary.Seed}");
        MaskDisplay.Print(summary.Figures);
        foreach (var stage in summary.Stages)
            Console.WriteLine($"{Name(stage.Stage),-7} {stage.Elapsed.ToTimeSpan().TotalSeconds,6:0.00} s");
    }

    /// <summary>What became of the channels of a stereo source.</summary>
    public static void Print(StereoPolicy stereo) => Facts.Add("stereo", Name(stereo), "stereo  " + stereo switch
    {
        StereoPolicy.Dual => "dual: left and right, generated alike",
        StereoPolicy.Mid => "mid: the middle is generated, the sides are the input's",
        _ => "mono: one channel of two; --stereo dual or mid keeps them",
    });

    /// <summary>What people call a stage, or a policy.</summary>
    public static string Name(Enum value) => value.ToString().ToLowerInvariant();
}
