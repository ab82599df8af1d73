using System.CommandLine;
using System.Text.Json.Nodes;
using Grpc.Core;
using VampNet.Cli.Flags;
using VampNet.Cli.Output;
using VampNet.Model.Packages;
using VampNet.Services.Inference.Models;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet models</c>: what a mesh serves, or would.</summary>
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
            foreach (var model in connection.HasGateway(parsed)
                ? await ServedAsync(parsed, connection, cancellationToken)
                : OfPackage(connection.Package(parsed)))
            {
                Facts.Append("models", new JsonObject
                {
                    ["name"] = model.Name,
                    ["package"] = model.Package,
                    ["version"] = model.Version,
                    ["license"] = model.License,
                });
                if (!Facts.AreJson)
                    Console.WriteLine($"{model.Name,-24} {model.Package} {model.Version} ({model.License})");
            }
        });
        return command;
    }

    private static async Task<IReadOnlyList<Protos.Models.V1.Model>> ServedAsync(
        ParseResult parsed, ConnectionFlags connection, CancellationToken cancellationToken)
    {
        await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
        return await gateway.Client.ListModelsAsync(new CallOptions(cancellationToken: cancellationToken));
    }

    /// <summary>As a mesh would list it, from what the package says of itself: no weights are loaded for that.</summary>
    private static IEnumerable<Protos.Models.V1.Model> OfPackage(string path)
    {
        var manifest = ModelManifest.Read(new ModelFolders().Resolve(new ModelOptions { Path = path })[0].Folder);
        var adapters = (manifest.Adapters?.Keys ?? []).Order(StringComparer.Ordinal).Select(adapter => $"{ModelFolders.Default}/{adapter}");
        return adapters.Prepend(ModelFolders.Default).Select(
            name => new Protos.Models.V1.Model
            {
                Name = name,
                Package = manifest.Name,
                Version = manifest.Version,
                License = manifest.Licence,
            });
    }
}
