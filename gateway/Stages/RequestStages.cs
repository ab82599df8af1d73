using VampNet.Gateway.Replicas;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;

namespace VampNet.Gateway.Stages;

/// <summary>The four stages as one request calls them: its calls share a budget of retries.</summary>
internal sealed class RequestStages(StageClients stages, RetryPipeline retries, RetryBudget budget)
{
    public StageCaller<CodecService.CodecServiceClient> Codec { get; } = new(stages.Codec, channel => new(channel), retries, budget);

    public StageCaller<GeneratorService.GeneratorServiceClient> Coarse { get; } = new(stages.Coarse, channel => new(channel), retries, budget);

    public StageCaller<GeneratorService.GeneratorServiceClient> Fine { get; } = new(stages.Fine, channel => new(channel), retries, budget);

    public StageCaller<BeatService.BeatServiceClient> Beats { get; } = new(stages.Beats, channel => new(channel), retries, budget);

    /// <summary>What each stage serves, the codec first.</summary>
    public IEnumerable<StageCaller<ModelService.ModelServiceClient>> Models =>
        stages.All.Select(stage => new StageCaller<ModelService.ModelServiceClient>(stage.Replicas, channel => new(channel), retries, budget));
}
