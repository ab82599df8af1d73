using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Client;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;

namespace VampNet.Cli.Flags;

/// <summary>Which mesh does the work, and which of its models.</summary>
internal sealed class ConnectionFlags
{
    public const string GatewayName = "--gateway";

    private const string ApiKeyVariable = "VAMPNET_API_KEY";

    private readonly Option<string?> _gateway = new(GatewayName)
    {
        Description = "Use the mesh behind this gateway, such as http://localhost:5100; without, everything runs in this process.",
        HelpName = "URL",
    };
    private readonly Option<string?> _ca = new("--ca")
    {
        Description = "With --gateway https://...: trust the CAs in this PEM file, instead of those that the system trusts.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _apiKey = new("--api-key")
    {
        Description = $"With --gateway: the key to call it with; better in the environment, as {ApiKeyVariable}: no other user sees it.",
        HelpName = "KEY",
    };
    private readonly Option<string?> _model = new("--model")
    {
        Description = "With --gateway: name of a model that it serves. Without: folder of a model package.",
        HelpName = "NAME|FOLDER"
    };
    private readonly Option<string?> _adapter = new("--adapter") { Description = "A fine-tuning in the model package.", HelpName = "NAME" };
    private readonly ComputeFlags _compute = new();
    private readonly SettingFlags _settings;

    /// <param name="alias">another name of --gateway, where a stage's own address will do; null = none</param>
    public ConnectionFlags(Command command, string? alias = null)
    {
        if (alias is not null)
            _gateway.Aliases.Add(alias);
        _gateway.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } url
                && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
                result.AddError($"{GatewayName} \"{url}\" is no http or https address");
        });
        command.AddOptions(ComputeFlags.Group, _gateway, _ca, _apiKey, _model, _adapter);
        _compute.AddTo(command);
        _settings = new SettingFlags(command, ComputeFlags.Group);
        _settings.ExcludedBy(command, _gateway);
    }

    /// <summary>What requests to that mesh call the model; empty = its default.</summary>
    public string ModelName(ParseResult parsed)
    {
        var model = parsed.GetValue(_gateway) is null ? null : parsed.GetValue(_model);
        return parsed.GetValue(_adapter) is { } adapter ? $"{model ?? ModelFolders.Default}/{adapter}" : model ?? "";
    }

    public bool HasGateway(ParseResult parsed) => parsed.GetValue(_gateway) is not null;

    /// <summary>Folder of the model package that runs in this process.</summary>
    public string Package(ParseResult parsed) => (HasGateway(parsed) ? null : parsed.GetValue(_model)) ?? new ModelOptions().Path;

    public Task<Connection> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_gateway) is { } url)
            return Task.FromResult(Connect(new Uri(url), parsed));
        var options = _compute.Read(parsed);
        options.Path = Package(parsed);
        return Connection.HostAsync(new MeshHostOptions { Model = options, Configuration = _settings.Read(parsed) }, cancellationToken);
    }

    private Connection Connect(Uri gateway, ParseResult parsed)
    {
        var key = parsed.GetValue(_apiKey) ?? Environment.GetEnvironmentVariable(ApiKeyVariable);
        try
        {
            return Connection.To(
                gateway, new VampNetClientOptions { ApiKey = string.IsNullOrEmpty(key) ? null : key, CaPath = parsed.GetValue(_ca) });
        }
        catch (ArgumentException error)
        {
            throw new BadInputException(error.Message);
        }
        catch (Exception error) when (error is IOException or System.Security.Cryptography.CryptographicException)
        {
            throw new BadInputException($"--ca {parsed.GetValue(_ca)}: {error.Message}");
        }
    }
}
