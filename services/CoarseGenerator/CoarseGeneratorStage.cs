using VampNet.Core;
using VampNet.Services.Inference;
using VampNet.Services.Inference.Generation;

namespace VampNet.Services.CoarseGenerator;

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
