using Grpc.Core;
using VampNet.Core;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Inference;

namespace VampNet.Services.FineGenerator;

/// <summary>The gRPC service of the fine generator.</summary>
public sealed class FineGeneratorGrpcService(GeneratorHandler handler) : FineGeneratorService.FineGeneratorServiceBase
{
    public override Task Generate(
        GenerateRequest request, IServerStreamWriter<GenerateResponse> responseStream, ServerCallContext context) =>
        handler.Generate(request, responseStream, context);

    public override Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context) =>
        handler.GetModel(request, context);

    public override Task<EmbedResponse> Embed(EmbedRequest request, ServerCallContext context) => handler.Embed(request, context);

    public override Task<ScoreResponse> Score(ScoreRequest request, ServerCallContext context) => handler.Score(request, context);
}

/// <summary>The stage that generates the other codebooks, given the leading ones.</summary>
public static class FineGeneratorStage
{
    public static WebApplicationBuilder AddFineGenerator(this WebApplicationBuilder builder) =>
        builder.AddGenerator(StageInfo.Fine);

    public static WebApplication MapFineGenerator(this WebApplication app)
    {
        app.MapGrpcService<FineGeneratorGrpcService>();
        return app.MapStageModels();
    }
}
