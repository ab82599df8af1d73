using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using VampNet.Cli.Commands.Load;
using VampNet.Cli.Commands.Training;
using VampNet.Cli.Flags;

namespace VampNet.Cli.Commands;

/// <summary>The command tree, and how its ends become exit codes.</summary>
internal static class CommandLineApp
{
    public static async Task<int> RunAsync(string[] args)
    {
        // Numbers are read and written alike everywhere.
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        var root = Create();
        NumberOptions.Check(root);
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
            return Fail(ExitCode.BadInput, $"{NumberOptions.FirstError(parsed)} (vampnet {CommandPath(parsed)}--help says more)");

        // The first signal asks the command to stop in order, however long a model's step takes: ending the process under
        // it would crash, and leave half a file. A second signal ends it all the same.
        using var interrupt = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !interrupt.IsCancellationRequested;
            interrupt.Cancel();
        }

        using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupt.Token);
        }
        catch (Exception error)
        {
            var (code, message) = Failures.Explain(error, parsed);
            return Fail(code, message);
        }
    }

    private static RootCommand Create() => new("Vamps: variations, fill-ins and continuations of music by VampNet.")
    {
        VampCommand.Create(),
        InpaintCommand.Create(),
        ContinueCommand.Create(),
        LoopCommand.Create(),
        PreviewCommand.Create(),
        CompressCommand.Create(),
        ExpandCommand.Create(),
        EncodeCommand.Create(),
        DecodeCommand.Create(),
        BeatsCommand.Create(),
        ModelsCommand.Create(),
        EmbedCommand.Create(),
        ScoreCommand.Create(),
        ServeCommand.Create(),
        LoadCommand.Create(),
        ConvertCommand.Create(),
        PackageCommand.Create(),
        TrainCommand.Create(),
        FineTuneCommand.Create(),
        EvalCommand.Create(),
    };

    private static int Fail(ExitCode code, string message)
    {
        Console.Error.WriteLine($"vampnet: {Failures.OneLine(message)}");
        return (int)code;
    }

    private static string CommandPath(ParseResult parsed)
    {
        var path = "";
        SymbolResult? result = parsed.CommandResult;
        for (; result is CommandResult { Command: not RootCommand } command; result = command.Parent)
            path = command.Command.Name + " " + path;
        return path;
    }
}
