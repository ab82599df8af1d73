using System.CommandLine;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Cli.Flags;

/// <summary>Which mesh does the work, and which of its models.</summary>
internal sealed class ConnectionFlags
{
    public const string GatewayName = "--gateway";

    private readonly Option<string?> _gateway = new(GatewayName)
    {
        Description = "Use the mesh behind this gateway, such as http://localhost:5100; without, everything runs in this process.",
        HelpName = "URL",
    };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "With --gateway: name of a model that it serves. Without: folder of a model package.",
        HelpName = "NAME|FOLDER"
    };
    private readonly Option<string?> _adapter = new("--adapter") { Description = "A fine-tuning in the model package.", HelpName = "NAME" };
    private readonly ComputeFlags _compute = new();

    public ConnectionFlags(Command command)
    {
        _gateway.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } url
                && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
                result.AddError($"{GatewayName} \"{url}\" is no http or https address");
        });
        command.Options.Add(_gateway);
        command.Options.Add(_model);
        command.Options.Add(_adapter);
        _compute.AddTo(command);
    }

    /// <summary>What requests to that mesh call the model; empty = its default.</summary>
    public string ModelName(ParseResult parsed)
    {
        var model = parsed.GetValue(_gateway) is null ? null : parsed.GetValue(_model);
        return parsed.GetValue(_adapter) is { } adapter ? $"{model ?? ModelFolders.Default}/{adapter}" : model ?? "";
    }

    public Task<Connection> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = _compute.Read(parsed);
        if (parsed.GetValue(_model) is { } folder)
            options.Path = folder;
        return Connection.OpenAsync(
            parsed.GetValue(_gateway) is { } url ? new Uri(url) : null, new MeshHostOptions { Model = options }, cancellationToken);
    }
}
