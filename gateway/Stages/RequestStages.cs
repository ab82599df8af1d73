using Grpc.Core;
using VampNet.Client;
using VampNet.Core;
using VampNet.Gateway.Replicas;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Models.V1;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Calls;

namespace VampNet.Gateway.Stages;

/// <summary>The four stages as one request calls them: its calls share a budget of retries, and are made with the same weights.</summary>
/// <param name="models">that the request was begun with; null = whatever is served</param>
internal sealed class RequestStages(StageClients stages, RetryPipeline retries, RetryBudget budget, StageModels? models)
{
    public StageCaller<CodecService.CodecServiceClient> Codec { get; } = new(
        stages.Of(StageInfo.Codec), channel => new(channel), retries, budget, models?.Codec.Served.Sha256 ?? "");

    public StageCaller<GeneratorClient> Coarse { get; } = new(
        stages.Of(StageInfo.Coarse), channel => new(channel, GeneratorStage.Coarse), retries, budget, models?.Coarse.Served.Sha256 ?? "");

    public StageCaller<GeneratorClient> Fine { get; } = new(
        stages.Of(StageInfo.Fine), channel => new(channel, GeneratorStage.Fine), retries, budget, models?.Fine.Served.Sha256 ?? "");

    public StageCaller<BeatService.BeatServiceClient> Beats { get; } = new(
        stages.Of(StageInfo.Beats), channel => new(channel), retries, budget);

    /// <summary>What each stage serves, the codec first.</summary>
    public IEnumerable<StageCaller<ModelService.ModelServiceClient>> Models =>
        stages.All.Select(
            stage => new StageCaller<ModelService.ModelServiceClient>(stage.Replicas, channel => new(channel), retries, budget));
}

/// <summary>Calls to stages on behalf of a caller.</summary>
internal static class StageCalls
{
    /// <summary>The stages get the caller's deadline, tenant and models, and end with the call.</summary>
    public static CallOptions StageOptions(this ServerCallContext context)
    {
        var headers = Tenant.Of(context)?.ToMetadata() ?? [];
        if (context.RequestHeaders.Get(AllowedModels.Header) is { } models)
            headers.Add(models);
        return new CallOptions(
            headers, deadline: context.Deadline == DateTime.MaxValue ? null : context.Deadline,
            cancellationToken: context.CancellationToken);
    }

    /// <summary>The tenant that calls are made for, as the stages are told; empty = none was named.</summary>
    public static string OnBehalfOf(this CallOptions options) =>
        options.Headers?.FirstOrDefault(header => header.Key != AllowedModels.Header)?.Value ?? "";
}
