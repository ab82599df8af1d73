using VampNet.Core;
using VampNet.Model.Checkpoints;
using VampNet.Services.Inference.Generation;

namespace VampNet.Services.FineGenerator;

/// <summary>The stage that generates the other codebooks, given the leading ones.</summary>
public static class FineGeneratorStage
{
    /// <summary>Default port.</summary>
    public const int Port = 5103;

    public static WebApplicationBuilder AddFineGenerator(this WebApplicationBuilder builder) => builder.AddGenerator(PartNames.Fine);
}
