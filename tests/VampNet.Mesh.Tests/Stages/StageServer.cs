using Grpc.Health.V1;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VampNet.Core;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Checkpoints;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Inference;
using VampNet.Services.Inference.Models;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>
/// A generator whose steps last for exactly as long as a test wants: each says that it has begun, and waits for a permit.
/// Generations of a single step, such as the warm-up, go through by themselves. Loading it waits for
/// <see cref="Loaded"/>, as a big model's would.
/// </summary>
internal sealed class HeldGenerator : ITokenGenerator
{
    public ManualResetEventSlim Loaded { get; } = new();

    /// <summary>One for every step that has begun.</summary>
    public SemaphoreSlim Started { get; } = new(0);

    /// <summary>One for every step that may end.</summary>
    public SemaphoreSlim Permits { get; } = new(0);

    /// <summary>Sequences in each step that has begun.</summary>
    public List<int> Batches { get; } = [];

    /// <summary>Steps of several sequences fail.</summary>
    public bool FailsInCompany { get; set; }

    public int Codebooks => 4;

    public int ConditioningCodebooks => 0;

    public int WindowFrames => 575;

    public int Layers => 1;

    public int Dimension => 8;

    public float Temperature => 1;

    public TokenGeneration Begin(TokenGrid tokens, SamplingOptions options, ulong seed) =>
        new(tokens, ConditioningCodebooks, WindowFrames, options, seed);

    public void Advance(IReadOnlyList<DecodingState> states)
    {
        if (states.Any(state => state.Options.Steps > 1))
        {
            Batches.Add(states.Count);
            Started.Release();
            Permits.Wait();
        }
        if (FailsInCompany && states.Count > 1)
            throw new InvalidOperationException("out of memory, say");
        foreach (var state in states)
        {
            var hidden = state.HiddenPositions();
            state.Advance(hidden, new long[hidden.Length], [.. Enumerable.Repeat(0.5f, hidden.Length)]);
        }
    }

    public float[] Embed(TokenGrid tokens, int layer) => throw new NotSupportedException();

    public float[] Score(TokenGrid tokens, TokenMask hidden) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}

/// <summary>One generator stage on a loopback port, as its Program builds it, but for the model.</summary>
internal sealed class StageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StageServer(WebApplication app, HeldGenerator generator) => (_app, Generator) = (app, generator);

    public HeldGenerator Generator { get; }

    public Task Ready => _app.Services.GetRequiredService<IStageStartup>().Ready;

    /// <param name="settings">more of them, such as --Drain:Seconds=0</param>
    /// <param name="see">is shown every request</param>
    public static async Task<StageServer> StartAsync(TimeProvider? time = null, Action<HttpRequest>? see = null, params string[] settings)
    {
        var generator = new HeldGenerator();
        var builder = WebApplication.CreateSlimBuilder(["--Urls=http://127.0.0.1:0", .. settings]);
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.AddStageDefaults(port: 0);
        builder.Services.AddSingleton<GeneratorHandler>();
        builder.Services.AddStageModels(new ModelSpec<ITokenGenerator>
        {
            Stage = StageInfo.Coarse,
            Load = (_, _, _) =>
            {
                generator.Loaded.Wait();
                return generator;
            },
            WarmUp = _ => { },
        });
        var app = builder.Build();
        if (see is not null)
        {
            app.Use((context, next) =>
            {
                see(context.Request);
                return next(context);
            });
        }
        app.MapStageDefaults();
        app.MapCoarseGenerator();
        await app.StartAsync();
        return new StageServer(app, generator);
    }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>Generations that are in the scheduler.</summary>
    public int Waiting
    {
        get
        {
            using var model = _app.Services.GetRequiredService<ModelRegistry<ITokenGenerator>>().Lease("", "model");
            return model.Waiting;
        }
    }

    /// <summary>Says from now on that it serves these too.</summary>
    public void Claim(params string[] services)
    {
        foreach (var service in services)
            _app.Services.GetRequiredService<HealthRegistry>().Set(service, HealthCheckResponse.Types.ServingStatus.Serving);
    }

    /// <summary>Calls that have a place.</summary>
    public int AtWork => _app.Services.GetRequiredService<CallLimiter>().Taken;

    public GrpcChannel Channel() => GrpcChannel.ForAddress(Address);

    /// <summary>Asks it to end, as a signal would, while it still listens.</summary>
    public void Drain() => _app.Lifetime.StopApplication();

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Generator.Loaded.Set();
        Generator.Permits.Release(1_000);
        await _app.DisposeAsync();
    }
}
