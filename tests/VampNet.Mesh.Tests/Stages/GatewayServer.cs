using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VampNet.Gateway;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Admission;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>A gateway on a loopback port, as its Program builds it, that looks for every stage at one address.</summary>
internal sealed class GatewayServer(string stages) : IAsyncDisposable
{
    private WebApplication? _app;

    public Uri Address => new(_app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Calls that have a place.</summary>
    public int AtWork => _app!.Services.GetRequiredService<CallLimiter>().Taken;

    /// <param name="settings">more of them, such as --Metrics:Port=9464</param>
    public async Task StartAsync(params string[] settings)
    {
        string[] names = ["Codec", "CoarseGenerator", "FineGenerator", "BeatTracker"];
        var builder = WebApplication.CreateSlimBuilder(
            ["--Urls=http://127.0.0.1:0", .. names.Select(name => $"--Stages:{name}={stages}"), .. settings]);
        builder.Logging.ClearProviders();
        builder.AddStageDefaults(port: 0);
        builder.AddGateway();
        _app = builder.Build();
        _app.MapStageDefaults();
        _app.MapGateway();
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
    }
}
