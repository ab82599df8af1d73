using System.CommandLine;
using VampNet.Services.AllInOne;
using VampNet.Services.Hosting.Models;

namespace VampNet.Cli.Flags;

/// <summary>Which mesh does the work.</summary>
internal sealed class ConnectionFlags
{
    private readonly Option<string?> _gateway = new("--gateway") { Description = "Use the mesh behind this gateway, such as http://localhost:5100; without, everything runs in this process.", HelpName = "URL" };
    private readonly ModelFlags _model = new();

    public ConnectionFlags(Command command)
    {
        command.Options.Add(_gateway);
        _gateway.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
                result.AddError($"--gateway \"{url}\" is no http or https address");
        });
        _model.AddTo(command);
    }

    public Task<Connection> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        Connection.OpenAsync(parsed.GetValue(_gateway) is { } url ? new Uri(url) : null, new MeshHostOptions { Model = _model.Read(parsed) }, cancellationToken);
}

/// <summary>Which model, and where it runs.</summary>
internal sealed class ModelFlags
{
    private static readonly ModelOptions Defaults = new();

    private readonly Option<string> _path = new("--model") { Description = "Folder of the model package.", HelpName = "FOLDER", DefaultValueFactory = _ => Defaults.Path };
    private readonly Option<string> _device = DeviceOption.Create(Defaults.Device);
    private readonly Option<string> _precision = new("--precision") { Description = "Arithmetic of the models.", DefaultValueFactory = _ => Defaults.Precision };

    public ModelFlags() => _precision.AcceptOnlyFromAmong("float32", "bfloat16");

    public void AddTo(Command command)
    {
        command.Options.Add(_path);
        command.Options.Add(_device);
        command.Options.Add(_precision);
    }

    /// <summary>The same as configuration of one stage.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ReadConfiguration(ParseResult parsed) =>
    [
        new($"{ModelOptions.Section}:{nameof(ModelOptions.Path)}", parsed.GetValue(_path)),
        new($"{ModelOptions.Section}:{nameof(ModelOptions.Device)}", parsed.GetValue(_device)),
        new($"{ModelOptions.Section}:{nameof(ModelOptions.Precision)}", parsed.GetValue(_precision)),
    ];

    public ModelOptions Read(ParseResult parsed) => new()
    {
        Path = parsed.GetValue(_path)!,
        Device = parsed.GetValue(_device)!,
        Precision = parsed.GetValue(_precision)!,
    };
}
