using Grpc.Core;
using VampNet.Core;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Inference;

namespace VampNet.Services.CoarseGenerator;

/// <summary>The gRPC service of the coarse generator.</summary>
public sealed class CoarseGeneratorGrpcService(GeneratorHandler handler) : CoarseGeneratorService.CoarseGeneratorServiceBase
{
    public override Task Generate(
        GenerateRequest request, IServerStreamWriter<GenerateResponse> responseStream, ServerCallContext context) =>
        handler.Generate(request, responseStream, context);

    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context) =>
        handler.GetModel(request, context);

    public override Task<EmbedResponse> Embed(EmbedRequest request, ServerCallContext context) => handler.Embed(request, context);

    public override Task<ScoreResponse> Score(ScoreRequest request, ServerCallContext context) => handler.Score(request, context);
}

/// <summary>The stage that generates the leading codebooks.</summary>
public static class CoarseGeneratorStage
{
    public static WebApplicationBuilder AddCoarseGenerator(this WebApplicationBuilder builder) =>
        builder.AddGenerator(StageInfo.Coarse);

    public static WebApplication MapCoarseGenerator(this WebApplication app)
    {
        app.MapGrpcService<CoarseGeneratorGrpcService>();
        return app.MapStageModels();
    }
}
