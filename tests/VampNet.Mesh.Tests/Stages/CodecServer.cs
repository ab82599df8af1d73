using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VampNet.Services.Codec;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A codec stage on a loopback port, as its Program builds it.</summary>
internal sealed class CodecServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CodecServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Calls that have a place.</summary>
    public int AtWork => _app.Services.GetRequiredService<CallLimiter>().Taken;

    /// <param name="settings">more of them, such as --Limits:MaxSeconds=60</param>
    public static async Task<CodecServer> StartAsync(string modelFolder, TimeProvider? time = null, params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(
            ["--Urls=http://127.0.0.1:0", $"--Model:Path={modelFolder}", "--Model:WatchSeconds=0", .. settings]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.AddStageDefaults(port: 0);
        builder.AddCodec();
        var app = builder.Build();
        app.MapStageDefaults();
        app.MapCodec();
        await app.StartAsync();
        await Task.WhenAll(app.Services.GetServices<IStageStartup>().Select(stage => stage.Ready));
        return new CodecServer(app);
    }

    public GrpcChannel Channel() => GrpcChannel.ForAddress(Address);

    /// <summary>Until so many calls have a place.</summary>
    public async Task AtWorkAsync(int calls)
    {
        while (AtWork != calls)
            await Task.Yield();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
