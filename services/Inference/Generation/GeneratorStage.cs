using VampNet.Model.Packages;
using Microsoft.AspNetCore.Builder;
using VampNet.Core;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Checkpoints;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Inference.Models;

namespace VampNet.Services.Inference.Generation;

/// <summary>A generator stage: coarse or fine, by the part of the model package that it serves.</summary>
public static class GeneratorStage
{
    private const int WarmUpFrames = 64;

    /// <param name="part">of the model package</param>
    public static WebApplicationBuilder AddGenerator(this WebApplicationBuilder builder, string part)
    {
        builder.Services.AddStageModels(new ModelSpec<ITokenGenerator>
        {
            Service = GeneratorService.Descriptor.FullName,
            Part = part,
            Needs = [PartNames.Codec],
            Load = (package, adapter, options) => ModelLoader.LoadGenerator(package, part, options.Device, options.Precision, adapter),
            WarmUp = WarmUp,
        });
        return builder;
    }

    public static WebApplication MapGenerator(this WebApplication app)
    {
        app.MapGrpcService<GeneratorGrpcService>();
        return app.MapStageModels();
    }

    private static void WarmUp(ITokenGenerator generator)
    {
        var frames = Math.Min(WarmUpFrames, generator.WindowFrames);
        var conditioning = new TokenGrid(Math.Max(1, generator.ConditioningCodebooks), frames, new ushort[Math.Max(1, generator.ConditioningCodebooks) * frames]);
        var tokens = conditioning.ExtendCodebooks(generator.Codebooks);
        _ = generator.Generate(tokens, new SamplingOptions { Steps = 1 }, seed: 0);
    }
}
