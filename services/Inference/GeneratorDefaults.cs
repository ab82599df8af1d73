using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Core;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.OpenInference;

namespace VampNet.Services.Inference;

/// <summary>A generator stage: coarse or fine, by the part of the model package that it serves.</summary>
public static class GeneratorDefaults
{
    private const int WarmUpFrames = 64;

    /// <param name="stage">coarse or fine</param>
    public static WebApplicationBuilder AddGenerator(this WebApplicationBuilder builder, StageInfo stage)
    {
        builder.Services.AddSingleton<GeneratorHandler>();
        builder.Services.AddSingleton<IInferenceModel, GeneratorInference>();
        builder.Services.AddStageModels(new ModelSpec<ITokenGenerator>
        {
            Stage = stage,
            Needs = [PartNames.Codec],
            Load = (package, adapter, options) => ModelLoader.LoadGenerator(
                package, stage.Name, options.Device, options.Precision, adapter),
            WarmUp = WarmUp,
        });
        return builder;
    }

    private static void WarmUp(ITokenGenerator generator)
    {
        var frames = Math.Min(WarmUpFrames, generator.WindowFrames);
        var conditioning = new TokenGrid(
            Math.Max(1, generator.ConditioningCodebooks), frames, new ushort[Math.Max(1, generator.ConditioningCodebooks) * frames]);
        var tokens = conditioning.ExtendCodebooks(generator.Codebooks);
        _ = generator.Generate(tokens, new SamplingOptions { Steps = 1 }, seed: 0);
    }
}
