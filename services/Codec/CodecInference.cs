using Grpc.Core;
using VampNet.Model.Codec;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Inference;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.OpenInference;

namespace VampNet.Services.Codec;

/// <summary>Names of the tensors and parameters of the codec in the Open Inference Protocol.</summary>
internal static class CodecTensors
{
    public const string Audio = "audio", Tokens = "tokens", Gain = "gain_db", Samples = "samples";

    /// <summary>Samples of one channel, at the codec's rate.</summary>
    public static TensorSpec AudioSpec { get; } = new(Audio, ElementTypes.Floats, 1, TensorSpec.Any);
}

/// <summary>Encoding as a model of the Open Inference Protocol: samples at the codec's rate in, tokens out.</summary>
internal sealed class EncodeInference(CodecGrpcService codec, ModelRegistry<ICodec> models) : IInferenceModel
{
    public string Suffix => ".encode";

    public string Operation => EncodeWork.Name;

    public IReadOnlyList<string> Parameters => [];

    public InferenceSignature Describe(string model)
    {
        using var lease = models.Lease(model, "model_name");
        return new InferenceSignature(
            [CodecTensors.AudioSpec], [new TensorSpec(CodecTensors.Tokens, ElementTypes.Integers, lease.Value.Codebooks, TensorSpec.Any)]);
    }

    public async Task<InferenceResult> InferAsync(InferenceCall request, ServerCallContext context)
    {
        var config = new EncodeConfig
        {
            Model = request.Model,
            Input = new InputFormat { Encoding = InputEncoding.PcmF32Le, SampleRate = SampleRate(request.Model) },
        };
        EncodeHeader? header = null;
        var blocks = new List<TokenTensor>();
        await codec.Encode(
            new RequestList<EncodeRequest>(
                new EncodeRequest { Config = config }, new EncodeRequest { Audio = request.Inputs[CodecTensors.Audio].ToPcm() }),
            new ResponseHandler<EncodeResponse>(response =>
            {
                header ??= response.Header;
                if (response.Tokens is { } block)
                    blocks.Add(block);
            }),
            context);
        return new InferenceResult(blocks.ToTensor(CodecTensors.Tokens))
        {
            Parameters = new Dictionary<string, InferParameter>
            {
                [CodecTensors.Gain] = new() { DoubleParam = header!.GainDb },
                [CodecTensors.Samples] = new() { Int64Param = (long)header.Samples },
            },
        };
    }

    private uint SampleRate(string model)
    {
        using var lease = models.Lease(model, "model_name");
        return (uint)lease.Value.SampleRate;
    }
}

/// <summary>Decoding as a model of the Open Inference Protocol: tokens in, samples at the codec's rate out.</summary>
internal sealed class DecodeInference(CodecGrpcService codec) : IInferenceModel
{
    public string Suffix => ".decode";

    public string Operation => DecodeWork.Name;

    public IReadOnlyList<string> Parameters { get; } = [CodecTensors.Gain, CodecTensors.Samples];

    /// <summary>Fewer codebooks than the codec has will do, so their number is not fixed.</summary>
    public InferenceSignature Describe(string model) => new(
        [new TensorSpec(CodecTensors.Tokens, ElementTypes.Integers, TensorSpec.Any, TensorSpec.Any)], [CodecTensors.AudioSpec]);

    public async Task<InferenceResult> InferAsync(InferenceCall request, ServerCallContext context)
    {
        var config = new DecodeConfig
        {
            Model = request.Model,
            Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
            GainDb = request.Parameters.ReadDouble(CodecTensors.Gain) ?? 0,
        };
        if (request.Parameters.ReadUInt64(CodecTensors.Samples) is { } samples)
            config.Samples = samples;
        var audio = new MemoryStream();
        await codec.Decode(
            new RequestList<DecodeRequest>(
                new DecodeRequest { Config = config }, new DecodeRequest { Tokens = request.Inputs[CodecTensors.Tokens].ToTokens() }),
            new ResponseHandler<DecodeResponse>(response =>
            {
                if (response.HasAudio)
                    audio.Write(response.Audio.Span);
            }),
            context);
        var bytes = audio.ToArray();
        return new InferenceResult(
            new InferTensor(CodecTensors.Audio, ElementTypes.Floats, [1, bytes.Length / sizeof(float)], bytes));
    }
}
