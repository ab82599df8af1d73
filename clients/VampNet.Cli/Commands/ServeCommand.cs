using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Core;
using VampNet.Gateway;
using VampNet.Gateway.Security;
using VampNet.Services.AllInOne;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Security;
using VampNet.Services.Inference.Models;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet serve STAGE</c> or <c>--all</c>: run services until interrupted.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run one stage, or the whole mesh, until interrupted.");
        var stage = new Argument<string?>("STAGE")
        {
            Description = $"{string.Join(", ", StageInfo.All.Select(info => info.Name))} or gateway.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        stage.AcceptOnlyFromAmong([.. StageInfo.All.Select(info => info.Name), GatewayStage.Name]);
        var all = new Option<bool>("--all") { Description = "All stages and the gateway in this process." };
        var urls = new Option<string?>("--urls")
        {
            Description = "Where to listen, such as http://*:5100. Without: loopback; a single server in a container, every interface.",
            HelpName = "URL",
        };
        command.Arguments.Add(stage);
        command.AddOptions("The server", all, urls);
        var settings = new SettingFlags(command, "The server");
        var models = new ServedModelFlags(command);
        var compute = new ComputeFlags();
        compute.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(all) == parsed.GetValue(stage) is not null)
                throw new BadInputException("serve: name one stage, or say --all");
            var model = compute.Read(parsed);
            Requirements.HasDevice(model.Device);
            var served = models.Read(parsed);
            var configuration = settings.Read(parsed);
            return parsed.GetValue(stage) is { } name
                ? ServeAsync(name, parsed.GetValue(urls), Configuration(model, served).Concat(configuration), cancellationToken)
                : ServeAllAsync(
                    parsed.GetValue(urls) ?? $"http://127.0.0.1:{GatewayStage.Port}", model, served, configuration, cancellationToken);
        });
        return command;
    }

    private static IEnumerable<KeyValuePair<string, string>> Configuration(ModelOptions model, Dictionary<string, string> served) =>
    [
        new($"{ModelOptions.Section}:{nameof(ModelOptions.Device)}", model.Device),
        new($"{ModelOptions.Section}:{nameof(ModelOptions.Precision)}", model.Precision),
        .. served.Select(m => KeyValuePair.Create($"{ModelFolders.Section}:{m.Key}", m.Value)),
    ];

    /// <summary>A setting of the one server of a mesh that others than this process can reach.</summary>
    private static bool IsOfGateway(string key) =>
        new[]
        {
            HttpPort.Section, MetricsOptions.Section, ReflectionOptions.Section, TlsOptions.Section, AuthenticationSettings.Section,
            TenantsSettings.Section,
        }.Contains(key.Split(':')[0], StringComparer.OrdinalIgnoreCase);

    private static async Task ServeAsync(
        string name, string? urls, IEnumerable<KeyValuePair<string, string>> configuration, CancellationToken cancellationToken)
    {
        (int Port, int? HttpPort, Action<WebApplicationBuilder> Add, Action<WebApplication> Map) server =
            StageProgram.All.SingleOrDefault(program => program.Stage.Name == name) is { } stage
                ? (stage.Stage.Port, null, stage.Add, stage.Map)
                : (GatewayStage.Port, GatewayStage.HttpPort, gateway => gateway.AddGateway(), gateway => gateway.MapGateway());
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(configuration.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)));
        if (urls is not null)
            builder.WebHost.UseUrls(urls);
        builder.AddStageDefaults(server.Port, server.HttpPort);
        server.Add(builder);
        await using var app = builder.Build();
        app.MapStageDefaults();
        server.Map(app);
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
    }

    private static async Task ServeAllAsync(
        string urls, ModelOptions model, Dictionary<string, string> served, Dictionary<string, string> configuration,
        CancellationToken cancellationToken)
    {
        var gateway = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            [$"{HttpPort.Section}:{nameof(HttpPort.Port)}"] = $"{GatewayStage.HttpPort}",
        };
        foreach (var (key, value) in configuration.Where(pair => IsOfGateway(pair.Key)))
            gateway[key] = value;
        await using var mesh = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = model,
            Models = served,
            GatewayUrl = urls,
            Configuration = configuration.Where(pair => !IsOfGateway(pair.Key)).ToDictionary(),
            GatewayConfiguration = gateway,
            Logging = logging => logging.AddConsole().SetMinimumLevel(LogLevel.Warning),
        }, cancellationToken);
        Facts.Add("gateway", mesh.Gateway.ToString(), $"gateway {mesh.Gateway}");
        if (mesh.Http is { } http)
            Facts.Add("http", http.ToString(), $"http    {http}");
        Facts.End();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The way a server is meant to end.
        }
    }
}
