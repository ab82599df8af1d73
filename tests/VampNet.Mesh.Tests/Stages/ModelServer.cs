using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VampNet.Core;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Inference;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>One stage on a loopback port, as its Program builds it, but for a model that a test gives it.</summary>
internal sealed class ModelServer<TModel> : IAsyncDisposable
    where TModel : class
{
    private readonly WebApplication _app;

    private ModelServer(WebApplication app) => _app = app;

    /// <summary>Ends when the stage serves.</summary>
    /// <param name="map">maps what it serves</param>
    /// <param name="devices">that it shares with other stages; null = its own</param>
    public static async Task<ModelServer<TModel>> StartAsync(
        TModel model, StageInfo stage, Action<WebApplication> map, DeviceThreads? devices = null, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder(["--Urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        if (devices is not null)
            builder.Services.AddSingleton(devices);
        builder.AddStageDefaults(port: 0);
        builder.Services.AddSingleton<GeneratorHandler>();
        builder.Services.AddStageModels(
            new ModelSpec<TModel> { Stage = stage, PartIsOptional = true, Load = (_, _, _) => model, WarmUp = _ => { } });
        var app = builder.Build();
        app.MapStageDefaults();
        map(app);
        await app.StartAsync();
        await app.Services.GetRequiredService<IStageStartup>().Ready;
        return new ModelServer<TModel>(app);
    }

    /// <summary>Jobs that are in the scheduler.</summary>
    public int Waiting
    {
        get
        {
            using var lease = _app.Services.GetRequiredService<ModelRegistry<TModel>>().Lease("", "model");
            return lease.Waiting;
        }
    }

    public StageLoad Load => _app.Services.GetRequiredService<StageLoad>();

    /// <summary>Until the scheduler holds so many jobs.</summary>
    public async Task WaitAsync(int jobs)
    {
        while (Waiting != jobs)
            await Task.Yield();
    }

    public GrpcChannel Channel() =>
        GrpcChannel.ForAddress(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
