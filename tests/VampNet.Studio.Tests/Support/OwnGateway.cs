using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using VampNet.Gateway;
using VampNet.Gateway.Stages;
using VampNet.Services.Hosting;
using VampNet.Testing;

namespace VampNet.Studio.Tests.Support;

/// <summary>Another gateway of the same stages, with settings of its own.</summary>
internal sealed class OwnGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OwnGateway(WebApplication app, Uri address) => (_app, Address) = (app, address);

    /// <summary>Where it has its page.</summary>
    public Uri Address { get; }

    /// <param name="settings">such as --Admission:MaxCalls=1</param>
    public static async Task<OwnGateway> StartAsync(StageAddresses stages, params string[] settings)
    {
        var port = FreePort.Find();
        var builder = WebApplication.CreateSlimBuilder(
            ["--Urls=http://127.0.0.1:0", .. stages.Select(stage => $"--Stages:{stage.Key}={stage.Value}"), .. settings]);
        builder.Logging.ClearProviders();
        builder.AddStageDefaults(port: 0, httpPort: port);
        builder.AddGateway();
        var app = builder.Build();
        app.MapStageDefaults();
        app.MapGateway();
        await app.StartAsync();
        return new OwnGateway(app, new Uri($"http://127.0.0.1:{port}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
