using System.CommandLine;
using Grpc.Core;
using VampNet.Cli.Flags;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet models</c>: what a mesh serves.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var command = new Command(
            "models",
            "List the models that requests may name: those of a package and its fine-tunings, or with --gateway those that are served "
                + "there.");
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
            foreach (var model in await gateway.Client.ListModelsAsync(new CallOptions(cancellationToken: cancellationToken)))
                Console.WriteLine($"{model.Name,-24} {model.Package} {model.Version} ({model.License})");
        });
        return command;
    }
}
