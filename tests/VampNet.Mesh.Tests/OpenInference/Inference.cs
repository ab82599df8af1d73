using Google.Protobuf;
using Grpc.Net.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Inference;
using VampNet.Protos.Tokens.V1;
using Tensor = VampNet.Protos.Inference.ModelInferRequest.Types.InferInputTensor;

namespace VampNet.Mesh.Tests.OpenInference;

/// <summary>Requests of the Open Inference Protocol, and what is in their answers.</summary>
internal static class Inference
{
    public const int SampleRate = 44_100;

    public static GrpcChannel ChannelTo(this Support.Mesh mesh, string stage) => GrpcChannel.ForAddress(mesh.Host.Stages[stage]);

    public static GRPCInferenceService.GRPCInferenceServiceClient Client(this GrpcChannel channel) => new(channel);

    /// <summary>A request with one tensor, as raw bytes.</summary>
    public static ModelInferRequest Raw(string model, string name, string type, long[] shape, byte[] bytes) => new()
    {
        ModelName = model,
        Inputs = { new Tensor { Name = name, Datatype = type, Shape = { shape } } },
        RawInputContents = { ByteString.CopyFrom(bytes) },
    };

    public static ModelInferRequest RawTokens(string model, TokenTensor tokens) =>
        Raw(model, "tokens", "INT32", [tokens.Codebooks, tokens.Frames], Bytes(Tokens.Codes(tokens)));

    public static ModelInferRequest RawAudio(string model, float[] samples) =>
        Raw(model, "audio", "FP32", [1, samples.Length], Floats.ToBytes(samples));

    /// <summary>The same request with the elements in the fields of their types.</summary>
    public static ModelInferRequest Typed(this ModelInferRequest request)
    {
        var typed = request.Clone();
        var (input, bytes) = (typed.Inputs.Single(), typed.RawInputContents.Single());
        typed.RawInputContents.Clear();
        input.Contents = input.Datatype == "FP32"
            ? new InferTensorContents { Fp32Contents = { Floats.FromBytes(bytes.Span) } }
            : new InferTensorContents { IntContents = { Integers(bytes) } };
        return typed;
    }

    public static ModelInferRequest With(this ModelInferRequest request, Action<ModelInferRequest> change)
    {
        change(request);
        return request;
    }

    public static ModelInferRequest With(this ModelInferRequest request, string parameter, InferParameter value) =>
        request.With(r => r.Parameters[parameter] = value);

    public static InferParameter Whole(long value) => new() { Int64Param = value };

    public static InferParameter Number(double value) => new() { DoubleParam = value };

    public static int[] Integers(ByteString bytes) => [.. bytes.ToByteArray().Chunk(4).Select(b => BitConverter.ToInt32(b))];

    public static byte[] Bytes(int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    /// <summary>A chord, mono.</summary>
    public static float[] Chord(double seconds)
    {
        var samples = new float[(int)(seconds * SampleRate)];
        for (var i = 0; i < samples.Length; i++)
        {
            var t = i / (double)SampleRate;
            samples[i] = (float)(0.1 * (Math.Sin(2 * Math.PI * 220 * t) + Math.Sin(2 * Math.PI * 277.2 * t)));
        }
        return samples;
    }
}
