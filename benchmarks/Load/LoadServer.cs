using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VampNet.Core;
using VampNet.Model.Compute;
using VampNet.Model.Packages;
using VampNet.Protos.Generator.V1;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Inference;

namespace VampNet.Benchmarks.Load;

/// <summary>A generator stage on a loopback port, with one of the ways to batch.</summary>
internal sealed class LoadServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<IDisposable> _own;
    private readonly GrpcChannel _channel;

    private LoadServer(WebApplication app, List<IDisposable> own)
    {
        (_app, _own) = (app, own);
        _channel = GrpcChannel.ForAddress(
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new CoarseGeneratorService.CoarseGeneratorServiceClient(_channel);
    }

    public CoarseGeneratorService.CoarseGeneratorServiceClient Client { get; }

    /// <param name="part">of the model package: coarse or fine</param>
    public static async Task<LoadServer> StartAsync(Variant variant, string part, LoadOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(
            [
                "--Urls=http://127.0.0.1:0",
                $"--Model:Path={options.Package}",
                $"--Model:Device={options.Device}",
                "--Model:WatchSeconds=0",
                "--Admission:MaxCalls=100000",
                .. variant == Variant.One ? ["--Scheduling:MaxBatch=1"] : Array.Empty<string>(),
            ]);
        builder.Logging.ClearProviders();
        builder.AddStageDefaults(port: 0);
        var own = new List<IDisposable>();
        if (variant == Variant.Static)
        {
            var generator = ModelLoader.LoadGenerator(ModelPackage.Open(options.Package), part, options.Device);
            var device = new DeviceThread(options.Device);
            own.AddRange([device, generator]);
            builder.Services.AddSingleton(new StaticBatching(generator, device));
        }
        else
        {
            builder.AddGenerator(StageInfo.Coarse with { Name = part }); // which of the two services it is does not matter here
        }
        var app = builder.Build();
        app.MapStageDefaults();
        if (variant == Variant.Static)
            app.MapGrpcService<StaticBatching>();
        else
            app.MapCoarseGenerator();
        await app.StartAsync();
        await Task.WhenAll(app.Services.GetServices<IStageStartup>().Select(stage => stage.Ready));
        return new LoadServer(app, own);
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _own.ForEach(resource => resource.Dispose());
    }
}
