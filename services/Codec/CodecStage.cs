using VampNet.Core;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Services.Inference;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.OpenInference;

namespace VampNet.Services.Codec;

/// <summary>The codec stage.</summary>
public static class CodecStage
{
    public static WebApplicationBuilder AddCodec(this WebApplicationBuilder builder)
    {
        builder.Services.AddStageModels(new ModelSpec<ICodec>
        {
            Stage = StageInfo.Codec,
            Load = (package, _, options) => ModelLoader.LoadCodec(package, options.Device),
            WarmUp = WarmUp,
        });
        builder.Services.AddSingleton<CodecGrpcService>();
        builder.Services.AddSingleton<IInferenceModel, EncodeInference>();
        builder.Services.AddSingleton<IInferenceModel, DecodeInference>();
        return builder;
    }

    public static WebApplication MapCodec(this WebApplication app)
    {
        app.MapGrpcService<CodecGrpcService>();
        return app.MapStageModels();
    }

    private static void WarmUp(ICodec codec) => _ = codec.Decode(codec.Encode(new float[codec.SampleRate]));
}
