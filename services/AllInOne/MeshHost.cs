using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VampNet.Gateway;
using VampNet.Gateway.Stages;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Security;
using VampNet.Services.Hosting.Telemetry;
using VampNet.Services.Inference.Models;

namespace VampNet.Services.AllInOne;

/// <summary>How <see cref="MeshHost"/> runs the mesh.</summary>
public sealed record MeshHostOptions
{
    /// <summary>The default model of all stages, and where they run it.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>More models by name.</summary>
    public IReadOnlyDictionary<string, string> Models { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the gateway listens; the stages listen on free loopback ports.</summary>
    public string GatewayUrl { get; init; } = "http://127.0.0.1:0";

    /// <summary>More configuration for every process-to-be, such as "Limits:MaxSeconds" = "60".</summary>
    public IReadOnlyDictionary<string, string> Configuration { get; init; } = new Dictionary<string, string>();

    /// <summary>The same for the gateway alone.</summary>
    public IReadOnlyDictionary<string, string> GatewayConfiguration { get; init; } = new Dictionary<string, string>();

    /// <summary>Where logs go; nowhere unless this says so.</summary>
    public Action<ILoggingBuilder> Logging { get; init; } = logging => logging.ClearProviders();
}

/// <summary>
/// The whole mesh in one process: four stages and the gateway, each a real gRPC server on a loopback port. Stages on
/// one device share its device thread.
/// </summary>
public sealed class MeshHost : IAsyncDisposable
{
    private readonly List<WebApplication> _apps = [];
    private readonly DeviceThreads _devices;
    private readonly MeshHostOptions _options;

    private MeshHost(MeshHostOptions options) => (_options, _devices) = (options, new DeviceThreads());

    /// <summary>Address of the gateway.</summary>
    public Uri Gateway { get; private set; } = null!;

    /// <summary>Where the gateway speaks HTTP/1.1; null = nowhere.</summary>
    public Uri? Http { get; private set; }

    /// <summary>Addresses of the stages, by their programs.</summary>
    public StageAddresses Stages { get; } = new();

    /// <summary>Starts everything and waits until all models are loaded and warm.</summary>
    /// <exception cref="Exception">what kept a model from loading, or a server from starting</exception>
    public static async Task<MeshHost> StartAsync(MeshHostOptions options, CancellationToken cancellationToken = default)
    {
        var mesh = new MeshHost(options);
        try
        {
            await mesh.StartAllAsync(cancellationToken);
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The gateway first, so that nothing new reaches a stage that is about to end.
        foreach (var app in Enumerable.Reverse(_apps))
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        _devices.Dispose();
    }

    private async Task StartAllAsync(CancellationToken cancellationToken)
    {
        const string AnyPort = "http://127.0.0.1:0";
        foreach (var program in StageProgram.All)
            Stages[program.Stage.Program] = await StartAsync(AnyPort, program.Add, program.Map, cancellationToken);
        await ReadyAsync(cancellationToken);
        Gateway = new Uri(
            await StartAsync(
                _options.GatewayUrl, b => b.AddGateway(), a => a.MapGateway(), cancellationToken, _options.GatewayConfiguration,
                GatewayStage.HttpPort));
        var http = _apps[^1].Services.GetRequiredService<HttpPort>();
        Http = http.IsShared ? Gateway : http.Port > 0 ? new UriBuilder(Gateway) { Port = http.Port }.Uri : null;
        await ReadyAsync(cancellationToken);
    }

    private async Task<string> StartAsync(
        string url, Action<WebApplicationBuilder> add, Action<WebApplication> map, CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? more = null, int? httpPort = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = [.. Arguments(url), .. Arguments(more ?? new Dictionary<string, string>())],
            ContentRootPath = AppContext.BaseDirectory,
        });
        _options.Logging(builder.Logging);
        builder.Services.AddSingleton(_devices);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.AddStageDefaults(port: 0, httpPort);
        add(builder);
        var app = builder.Build();
        app.MapStageDefaults();
        map(app);
        _apps.Add(app);
        await app.StartAsync(cancellationToken);
        // Ports for operators come after it.
        return app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    /// <summary>Each server is configured as it would be by a command line of its own.</summary>
    private string[] Arguments(string url) =>
    [
        $"--Urls={url}",
        $"--Model:Path={_options.Model.Path}",
        $"--Model:Device={_options.Model.Device}",
        $"--Model:Precision={_options.Model.Precision}",
        $"--Model:WatchSeconds={_options.Model.WatchSeconds}",
        .. _options.Models.Select(m => $"--{ModelFolders.Section}:{m.Key}={m.Value}"),
        // One port cannot be that of five servers.
        $"--{MetricsOptions.Section}:{nameof(MetricsOptions.Port)}=0",
        $"--{ReflectionOptions.Section}:{nameof(ReflectionOptions.Port)}=0",
        $"--{HttpPort.Section}:{nameof(HttpPort.Port)}=0",
        // Spans belong to the process: its first server, which is the last to end, sends those of all.
        .. _apps.Count > 0 ? [$"--{TelemetryDefaults.TracesExporter}=none"] : Array.Empty<string>(),
        .. Stages.Select(stage => $"--{StageAddresses.Section}:{stage.Key}={stage.Value}"),
        .. Arguments(_options.Configuration),
    ];

    private static IEnumerable<string> Arguments(IReadOnlyDictionary<string, string> configuration) =>
        configuration.Select(c => $"--{c.Key}={c.Value}");

    private Task ReadyAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_apps.SelectMany(app => app.Services.GetServices<IStageStartup>()).Select(stage => stage.Ready))
            .WaitAsync(cancellationToken);

    /// <summary>The process belongs to whoever hosts the mesh: its signals are theirs.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
