using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Stages;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Gateway.Pipeline;

/// <summary>encode (and beats) → mask → coarse → fine → decode, each by its own stage.</summary>
internal sealed class VampPipeline(StageClients stages, IOptions<MeshLimits> limits, TimeProvider time)
{
    /// <param name="audio">bytes of the input, as they arrive</param>
    /// <param name="send">sends one answer to the caller</param>
    /// <param name="options">deadline and cancellation of every call to a stage</param>
    public async Task RunAsync(VampConfig config, IAsyncEnumerable<ByteString> audio, Func<VampResponse, Task> send, CallOptions options)
    {
        var coarse = stages.Coarse.GetModelAsync(new GetModelRequest(), options);
        var fine = stages.Fine.GetModelAsync(new GetModelRequest(), options);
        var models = new GeneratorModels(await coarse, await fine);
        var plan = VampPlan.From(config, models.Codebooks, limits.Value);
        var run = new VampRun(stages, plan, models, send, options, new StageClock(time));
        await run.RunAsync(audio);
    }
}

/// <summary>What the two generators serve.</summary>
internal sealed record GeneratorModels(GetModelResponse Coarse, GetModelResponse Fine)
{
    /// <summary>All codebooks of the codec.</summary>
    public int Codebooks => (int)Fine.Codebooks;

    /// <summary>Those that the coarse model generates.</summary>
    public int CoarseCodebooks => (int)Coarse.Codebooks;
}
