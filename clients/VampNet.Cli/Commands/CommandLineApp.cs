using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Runtime.InteropServices;
using VampNet.Cli.Commands.Load;
using VampNet.Cli.Commands.Training;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Output;

namespace VampNet.Cli.Commands;

/// <summary>The command tree, and how its ends become exit codes.</summary>
internal static class CommandLineApp
{
    public static async Task<int> RunAsync(string[] args)
    {
        // Numbers are read and written alike everywhere.
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        var parsed = Create().Parse(args);
        if (JsonFlag.Read(parsed))
            Facts.UseJson();
        if (UnknownWords.Find(parsed) is { } unknown)
            return Fail(ExitCode.BadInput, $"{unknown} ({HelpPage.Path(parsed.CommandResult.Command)} --help says more)");
        if (parsed.Action is ParseErrorAction)
            return Fail(
                ExitCode.BadInput,
                $"{NumberOptions.FirstError(parsed)} ({HelpPage.Path(parsed.CommandResult.Command)} --help says more)");

        // The first signal asks the command to stop in order, however long a model's step takes: ending the process under
        // it would crash, and leave half a file. A second signal ends it all the same.
        using var interrupt = new CancellationTokenSource();
        var stopped = ExitCode.Failure;
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !interrupt.IsCancellationRequested;
            stopped = context.Signal == PosixSignal.SIGINT ? ExitCode.Interrupted : ExitCode.Terminated;
            interrupt.Cancel();
        }

        using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var code = await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupt.Token);
            Facts.End();
            return code;
        }
        catch (Exception error)
        {
            var (code, message) = Failures.Explain(error, parsed);
            return Fail(interrupt.IsCancellationRequested && code == ExitCode.Failure ? stopped : code, message);
        }
    }

    /// <summary>Every verb with its options.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("music in, a variation of it out. By VampNet (arXiv:2307.04686).")
        {
            VampCommand.Create(),
            InpaintCommand.Create(),
            ContinueCommand.Create(),
            LoopCommand.Create(),
            LiveCommand.Create(),
            PreviewCommand.Create(),
            CompressCommand.Create(),
            ExpandCommand.Create(),
            EncodeCommand.Create(),
            DecodeCommand.Create(),
            BeatsCommand.Create(),
            EmbedCommand.Create(),
            ScoreCommand.Create(),
            ServeCommand.Create(),
            ModelsCommand.Create(),
            LoadCommand.Create(),
            DoctorCommand.Create(),
            ConvertCommand.Create(),
            PackageCommand.Create(),
            TrainCommand.Create(),
            FineTuneCommand.Create(),
            EvalCommand.Create(),
            CompletionCommand.Create(),
        };
        root.SetAction(_ => HelpPage.Write(root, Console.Out));
        JsonFlag.AddTo(root);
        NumberOptions.Check(root);
        HelpPage.Use(root);
        return root;
    }

    private static int Fail(ExitCode code, string message)
    {
        var line = Failures.OneLine(message);
        Facts.AddQuietly("error", line);
        Facts.AddQuietly("exitCode", (int)code);
        Facts.End();
        Console.Error.WriteLine($"vampnet: {line}");
        return (int)code;
    }
}
