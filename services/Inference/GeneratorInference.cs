using Grpc.Core;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.OpenInference;

namespace VampNet.Services.Inference;

/// <summary>A generator as a model of the Open Inference Protocol: tokens in, of which some are MASK, and all of them out.</summary>
internal sealed class GeneratorInference(GeneratorHandler handler, ModelRegistry<ITokenGenerator> models) : IInferenceModel
{
    private const string Tokens = "tokens";

    public string Suffix => "";

    public string Operation => GenerationWork.Name;

    public IReadOnlyList<string> Parameters { get; } =
    [
        "seed", "steps", "temperature", "mask_temperature", "top_k", "top_p", "typical_mass", "typical_min_tokens", "sample_cutoff",
    ];

    public InferenceSignature Describe(string model)
    {
        using var lease = models.Lease(model, "model_name");
        var tokens = new TensorSpec(Tokens, ElementTypes.Integers, lease.Value.Codebooks, TensorSpec.Any);
        return new InferenceSignature([tokens], [tokens]);
    }

    public async Task<InferenceResult> InferAsync(InferenceCall request, ServerCallContext context)
    {
        var generation = new GenerateRequest
        {
            Model = request.Model,
            Tokens = request.Inputs[Tokens].ToTokens(),
            Seed = request.Parameters.ReadUInt64("seed") ?? 0,
            Sampling = ToSampling(request.Parameters),
        };
        TokenTensor? tokens = null;
        await handler.Generate(generation, new ResponseHandler<GenerateResponse>(response => tokens = response.Tokens), context);
        return new InferenceResult(new[] { tokens! }.ToTensor(Tokens));
    }

    private static Sampling ToSampling(InferParameters parameters)
    {
        var sampling = new Sampling();
        if (parameters.ReadInt32("steps") is { } steps)
            sampling.Steps = steps;
        if (parameters.ReadDouble("temperature") is { } temperature)
            sampling.Temperature = (float)temperature;
        if (parameters.ReadDouble("mask_temperature") is { } maskTemperature)
            sampling.MaskTemperature = (float)maskTemperature;
        if (parameters.ReadInt32("top_k") is { } topK)
            sampling.TopK = topK;
        if (parameters.ReadDouble("top_p") is { } topP)
            sampling.TopP = (float)topP;
        if (parameters.ReadDouble("sample_cutoff") is { } cutoff)
            sampling.SampleCutoff = (float)cutoff;
        if (parameters.ReadDouble("typical_mass") is { } mass)
            (sampling.Typical ??= new TypicalFilter()).Mass = (float)mass;
        if (parameters.ReadInt32("typical_min_tokens") is { } minTokens)
            (sampling.Typical ??= new TypicalFilter()).MinTokens = minTokens;
        return sampling;
    }
}
