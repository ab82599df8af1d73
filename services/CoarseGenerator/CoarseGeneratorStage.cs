using VampNet.Core;
using VampNet.Model.Checkpoints;
using VampNet.Services.Inference.Generation;

namespace VampNet.Services.CoarseGenerator;

/// <summary>The stage that generates the leading codebooks.</summary>
public static class CoarseGeneratorStage
{
    /// <summary>Default port.</summary>
    public const int Port = 5102;

    public static WebApplicationBuilder AddCoarseGenerator(this WebApplicationBuilder builder) => builder.AddGenerator(PartNames.Coarse);
}
