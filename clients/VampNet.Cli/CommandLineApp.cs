using System.CommandLine;
using System.CommandLine.Invocation;
using VampNet.Cli.Commands;

namespace VampNet.Cli;

/// <summary>The command tree, and how its ends become exit codes.</summary>
internal static class CommandLineApp
{
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Create().Parse(args);
        if (parsed.Action is ParseErrorAction)
            return Fail(ExitCode.BadInput, $"{parsed.Errors[0].Message} (vampnet {CommandPath(parsed)}--help says more)");
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error)
        {
            var (code, message) = Failures.Explain(error);
            return Fail(code, message);
        }
    }

    private static RootCommand Create() => new("Vamps: variations, fill-ins and continuations of music by VampNet.")
    {
        VampCommand.Create(),
        EncodeCommand.Create(),
        DecodeCommand.Create(),
        BeatsCommand.Create(),
        ServeCommand.Create(),
        ConvertCommand.Create(),
        PackageCommand.Create(),
        TrainCommand.Create(),
    };

    private static int Fail(ExitCode code, string message)
    {
        Console.Error.WriteLine($"vampnet: {Failures.OneLine(message)}");
        return (int)code;
    }

    private static string CommandPath(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
}
