using VampNet.Core;
using VampNet.Services.Inference;
using VampNet.Services.Inference.Generation;

namespace VampNet.Services.FineGenerator;

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
