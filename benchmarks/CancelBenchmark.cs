using System.CommandLine;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.BeatTracker;
using VampNet.Services.CoarseGenerator;
using VampNet.Services.Codec;
using VampNet.Services.FineGenerator;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Inference.Models;
using VampNet.Testing;
using TokenMask = VampNet.Core.Tokens.TokenMask;

namespace VampNet.Benchmarks;

/// <summary>
/// What the largest request costs a gateway that is cancelled when its first window is at the coarse generator. The gateway is a process of
/// its own, the stages share this one, and no step of a network is taken. The source is in the encode cache.
/// </summary>
internal static class CancelBenchmark
{
    private const int WarmUps = 300, SampleRate = 44_100; // until its code is compiled for long use

    private static readonly TimeSpan UntilWindows = TimeSpan.FromMilliseconds(50);

    public static Command Create(Option<DirectoryInfo> package)
    {
        var requests = new Option<int>("--requests") { Description = "Measured requests.", DefaultValueFactory = _ => 1_000 };
        var command = new Command("cancel", "What a cancelled request costs a gateway.") { package, requests };
        command.SetAction(async (parsed, _) =>
        {
            string[] model = [$"--Model:Path={parsed.GetValue(package)!.FullName}", "--Model:WatchSeconds=0"];
            using var steps = new ManualResetEventSlim();
            await using var codec = await StartAsync(b => b.AddCodec(), a => a.MapCodec(), model);
            await using var coarse = await StartAsync(b => Hold(b.AddCoarseGenerator(), steps), a => a.MapCoarseGenerator(), model);
            await using var fine = await StartAsync(b => b.AddFineGenerator(), a => a.MapFineGenerator(), model);
            await using var beats = await StartAsync(b => b.AddBeatTracker(), a => a.MapBeatTracker(), model);
            await using var gateway = new ServiceProcess(
                "VampNet.Gateway", "", null,
                $"--Stages:Codec={codec.Urls.First()}", $"--Stages:CoarseGenerator={coarse.Urls.First()}",
                $"--Stages:FineGenerator={fine.Urls.First()}", $"--Stages:BeatTracker={beats.Urls.First()}");
            var channel = GrpcChannel.ForAddress(await gateway.AddressAsync());
            await gateway.ServingAsync(channel, "");
            using var client = new VampNetClient(channel);
            var tone = Enumerable.Range(0, SampleRate).Select(i => 0.1f * MathF.Sin(i * 0.05f)).ToArray();
            var sound = AudioFile.Encode(new AudioBuffer(tone, SampleRate), AudioFormat.Wav16);
            using var release = new Release(steps); // before the stages end
            await RunAsync(client, sound, WarmUps);
            var (used, memory) = (gateway.ProcessorTime, gateway.PeakMemory);
            var count = parsed.GetValue(requests);
            await RunAsync(client, sound, count);
            used = gateway.ProcessorTime - used;
            Console.WriteLine($"{count} cancelled requests: {used.TotalMilliseconds / count:0.00} ms of the gateway's processor time each, "
                + $"its memory {memory / (1 << 20)} MiB at most before and {gateway.PeakMemory / (1 << 20)} MiB after");
        });
        return command;
    }

    private static async Task RunAsync(VampNetClient client, byte[] sound, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            using var cancel = new CancellationTokenSource();
            try
            {
                await foreach (var response in client.VampAsync(
                    Largest(), new MemoryStream(sound), new CallOptions(cancellationToken: cancel.Token)))
                {
                    if (response.Source is not null)
                        cancel.CancelAfter(UntilWindows);
                }
            }
            catch (Exception error) when (cancel.IsCancellationRequested && error is RpcException or OperationCanceledException)
            {
                // that was it
            }
        }
    }

    private static VampConfig Largest()
    {
        var limits = new MeshLimits();
        return new VampConfig
        {
            Prompt = new Prompt { None = new NonePrompt() },
            ExtendAfterSeconds = limits.MaxSeconds - 2,
            Feedback = (uint)limits.MaxFeedback,
            CoarseSampling = new Sampling { Steps = (int)((limits.MaxFrameSteps / limits.MaxFrames()) - 1) / limits.MaxFeedback },
            FineSampling = new Sampling { Steps = 1 },
        };
    }

    private static async Task<WebApplication> StartAsync(
        Action<WebApplicationBuilder> add, Action<WebApplication> map, params string[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder(["--Urls=http://127.0.0.1:0", .. settings]);
        builder.Logging.ClearProviders();
        builder.AddStageDefaults(port: 0);
        add(builder);
        var app = builder.Build();
        app.MapStageDefaults();
        map(app);
        await app.StartAsync();
        await Task.WhenAll(app.Services.GetServices<IStageStartup>().Select(stage => stage.Ready));
        return app;
    }

    private static void Hold(WebApplicationBuilder stage, ManualResetEventSlim steps)
    {
        var spec = stage.Services.Select(service => service.ImplementationInstance).OfType<ModelSpec<ITokenGenerator>>().Single();
        stage.Services.AddSingleton(spec with
        {
            Load = (package, adapter, options) => new HeldGenerator(spec.Load(package, adapter, options), steps),
            WarmUp = _ => { },
        });
    }

    private sealed class Release(ManualResetEventSlim steps) : IDisposable
    {
        public void Dispose() => steps.Set();
    }

    /// <summary>Steps take nothing, and none ends before <paramref name="steps"/> is set.</summary>
    private sealed class HeldGenerator(ITokenGenerator generator, ManualResetEventSlim steps) : ITokenGenerator
    {
        public int Codebooks => generator.Codebooks;

        public int ConditioningCodebooks => generator.ConditioningCodebooks;

        public int WindowFrames => generator.WindowFrames;

        public int Layers => generator.Layers;

        public int Dimension => generator.Dimension;

        public float Temperature => generator.Temperature;

        public TokenGeneration Begin(TokenGrid tokens, SamplingOptions options, ulong seed) => generator.Begin(tokens, options, seed);

        public void Advance(IReadOnlyList<DecodingState> states) => steps.Wait();

        public float[] Embed(TokenGrid tokens, int layer) => generator.Embed(tokens, layer);

        public float[] Score(TokenGrid tokens, TokenMask hidden) => generator.Score(tokens, hidden);

        public void Dispose() => generator.Dispose();
    }
}
