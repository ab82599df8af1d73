using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VampNet.Core;
using VampNet.Gateway;
using VampNet.Model.Sampling;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Codec;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>
/// One server of the mesh, a stage or the gateway, on a free loopback port: as its Program builds it, but for what a test changes.
/// </summary>
internal sealed class StageHost : IAsyncDisposable
{
    /// <summary>Nobody listens there.</summary>
    public static readonly Uri Nowhere = new("http://127.0.0.1:1");

    private readonly WebApplication _app;

    private StageHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First()); // a second is that of the metrics
        Channel = GrpcChannel.ForAddress(Address);
    }

    public Uri Address { get; }

    /// <summary>To this server; it connects with the first call.</summary>
    public GrpcChannel Channel { get; }

    /// <summary>Calls that hold a permit.</summary>
    public int AtWork => Get<CallLimiter>().Taken;

    /// <summary>Ends when the server serves: its models are loaded.</summary>
    /// <param name="add">what it consists of, such as builder.AddCodec(), and what a test puts in the place of that</param>
    /// <param name="map">what it serves, such as app.MapCodec()</param>
    /// <param name="time">null = the system's</param>
    /// <param name="settings">more configuration, such as --Drain:Seconds=0</param>
    public static async Task<StageHost> StartAsync(
        Action<WebApplicationBuilder>? add = null, Action<WebApplication>? map = null, TimeProvider? time = null, params string[] settings)
    {
        var host = await ListenAsync(add, map, time, settings);
        try
        {
            await Task.WhenAll(host._app.Services.GetServices<IStageStartup>().Select(stage => stage.Ready));
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, but ends when the server listens, whether it serves or not.</summary>
    public static async Task<StageHost> ListenAsync(
        Action<WebApplicationBuilder>? add = null, Action<WebApplication>? map = null, TimeProvider? time = null, params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(["--Urls=http://127.0.0.1:0", .. settings]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.AddStageDefaults(port: 0, httpPort: 0);
        add?.Invoke(builder);
        var app = builder.Build();
        app.MapStageDefaults();
        map?.Invoke(app);
        try
        {
            await app.StartAsync();
            return new StageHost(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>A coarse generator's stage that runs this generator.</summary>
    public static Task<StageHost> CoarseAsync(HeldGenerator generator, TimeProvider? time = null, params string[] settings) =>
        StartAsync(b => b.AddCoarseGenerator().UseModel<ITokenGenerator>(generator), a => a.MapCoarseGenerator(), time, settings);

    /// <summary>A codec's stage that runs the codec of a package.</summary>
    public static Task<StageHost> CodecAsync(string modelFolder, TimeProvider? time = null, params string[] settings) =>
        StartAsync(b => b.AddCodec(), a => a.MapCodec(), time, [$"--Model:Path={modelFolder}", "--Model:WatchSeconds=0", .. settings]);

    /// <summary>A gateway that looks for every stage at one address; it need not find any.</summary>
    public static Task<StageHost> GatewayAsync(Uri stages, params string[] settings)
    {
        var addresses = StageInfo.All.Select(stage => $"--Stages:{stage.Program}={stages.GetLeftPart(UriPartial.Authority)}");
        return ListenAsync(b => b.AddGateway(), a => a.MapGateway(), settings: [.. addresses, .. settings]);
    }

    /// <summary>A service that the server consists of.</summary>
    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Says from now on that it serves these too.</summary>
    public void Claim(params IEnumerable<string> services)
    {
        foreach (var service in services)
            Get<HealthRegistry>().Set(service, HealthCheckResponse.Types.ServingStatus.Serving);
    }

    /// <summary>Until so many calls hold a permit.</summary>
    public async Task AtWorkAsync(int calls)
    {
        while (AtWork != calls)
            await Task.Yield();
    }

    /// <summary>Until the scheduler of its model holds so many jobs.</summary>
    public async Task ScheduledAsync<TModel>(int jobs)
        where TModel : class
    {
        using var model = Get<ModelRegistry<TModel>>().Lease("", "model");
        while (model.Waiting != jobs)
            await Task.Yield();
    }

    /// <summary>Asks it to end, as a signal would, while it still listens.</summary>
    public void Drain() => _app.Lifetime.StopApplication();

    /// <summary>Ends when all calls have, or their grace.</summary>
    public Task StopAsync() => _app.StopAsync();

    /// <summary>Ends without a word to whoever is connected, as a process that is killed.</summary>
    public ValueTask KillAsync()
    {
        Channel.Dispose();
        return _app.DisposeAsync();
    }

    /// <summary>Cancels its channel's calls, lets steps that a test holds go on, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        foreach (var model in _app.Services.GetServices<HeldModel>())
            model.Release();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
