using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Inference;

namespace VampNet.Mesh.Tests.OpenInference;

/// <summary>Every request that cannot be used gets an error that says why, with the field that is to blame.</summary>
[Collection(MeshTests.Name)]
public sealed class OpenInferenceErrorTests(Support.Mesh mesh)
{
    public static TheoryData<string, string, string> BadRequests => new()
    {
        { "rank", "inputs.tokens.shape", "is [4, 10, 1], expected [4, -1]" },
        { "codebooks", "inputs.tokens.shape", "is [5, 8], expected [4, -1]" },
        { "no frames", "inputs.tokens.shape", "is [4, 0]" },
        { "negative", "inputs.tokens.shape", "is [4, -10]" },
        { "overflow", "inputs.tokens.raw_input_contents", "has 160 bytes, [4, 2147483647] of INT32 need 34359738352" },
        { "datatype", "inputs.tokens.datatype", "is \"INT64\", expected INT32" },
        { "too few bytes", "inputs.tokens.raw_input_contents", "has 159 bytes, [4, 10] of INT32 need 160" },
        { "too many bytes", "inputs.tokens.raw_input_contents", "has 164 bytes" },
        { "raw and typed", "inputs.tokens.contents", "is there and raw_input_contents too" },
        { "two raw", "raw_input_contents", "holds 2 entries for 1 inputs" },
        { "no contents", "inputs.tokens.contents", "is missing" },
        { "too few elements", "inputs.tokens.contents.int_contents", "has 1 elements, [4, 10] needs 40" },
        { "wrong field", "inputs.tokens.contents,inputs.tokens.contents.int_contents", "in another field than int_contents" },
        { "no input", "inputs", "holds 0 tensors, this model takes 1: tokens" },
        { "two inputs", "inputs", "holds 2 tensors" },
        { "input name", "inputs[0].name", "\"codes\" is no input of this model; known are tokens" },
        { "input parameter", "inputs.tokens.parameters", "\"shared_memory_region\" is unknown here" },
        { "output name", "outputs[0].name", "\"logits\" is no output of this model; known are tokens" },
        { "output twice", "outputs[1].name", "\"tokens\" comes twice" },
        { "output parameter", "outputs[0].parameters", "\"classification\" is unknown here" },
        { "parameter", "parameters", "\"stepz\" is no parameter of this model; known are seed, steps" },
        { "parameter's type", "parameters.steps", "expected a whole number of 32 bits" },
        { "negative seed", "parameters.seed", "expected a whole number, at least 0" },
        { "parameter's range", "parameters.steps", "is 0, expected 1 to 1000" },
        { "filter's range", "parameters.typical_mass", "is 2, expected above 0, at most 1" },
        { "token", "inputs.tokens", "element 7 is 1025, expected 0 to 1024" },
        { "too long", "inputs.tokens.frames", "is 1151, expected 1 to 1150" },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_request_that_cannot_be_used_says_why(string name, string field, string words)
    {
        var request = Inference.RawTokens("default", Tokens.Masked(4, 10, 0)).With("steps", Inference.Whole(2));
        Spoil(request, name);
        using var channel = mesh.ChannelTo("CoarseGenerator");
        var error = await Errors.InvalidAsync(() => channel.Client().ModelInferAsync(request).ResponseAsync, field);
        Assert.Contains(words, error.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("piano", "", "model_name", "\"piano\" is no model here; served are default.encode, default.decode")]
    [InlineData("default", "", "model_name", "\"default\" is no model here")]
    [InlineData("", "", "model_name", "\"\" is no model here")]
    [InlineData("default.encode", "2", "model_version", "\"2\" is no model here; served are 1.0.0")]
    public async Task A_model_that_is_not_served_is_not_found(string model, string version, string field, string words)
    {
        using var channel = mesh.ChannelTo("Codec");
        var request = Inference.RawAudio(model, new float[100]).With(r => r.ModelVersion = version);
        var error = await Assert.ThrowsAsync<RpcException>(() => channel.Client().ModelInferAsync(request).ResponseAsync);
        Assert.Equal((StatusCode.NotFound, field), (error.StatusCode, error.Fields().Single()));
        Assert.Equal("MODEL_NOT_FOUND", error.Detail<ErrorInfo>()!.Reason);
        Assert.Contains(words, error.Status.Detail, StringComparison.Ordinal);
        foreach (var ask in new Func<Task>[]
        {
            () => channel.Client().ModelMetadataAsync(new() { Name = model, Version = version }).ResponseAsync,
            () => channel.Client().ModelConfigAsync(new() { Name = model, Version = version }).ResponseAsync,
            // Without a name it would be about all models.
            () => channel.Client().ModelStatisticsAsync(new() { Name = $"{model}?", Version = version }).ResponseAsync,
        })
            Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(ask)).StatusCode);
    }

    [Fact]
    public async Task Audio_that_is_too_long_or_not_finite_is_refused_as_by_the_native_calls()
    {
        using var codec = mesh.ChannelTo("Codec");
        using var beats = mesh.ChannelTo("BeatTracker");
        foreach (var (channel, model) in new[] { (codec, "default.encode"), (beats, "default") })
        {
            var tooLong = await Errors.InvalidAsync(
                () => channel.Client().ModelInferAsync(
                    Inference.RawAudio(model, new float[(Support.Mesh.MaxSeconds + 1) * Inference.SampleRate])).ResponseAsync, "audio");
            Assert.Equal("AUDIO_TOO_LONG", tooLong.Detail<ErrorInfo>()!.Reason);
            var notFinite = await Errors.InvalidAsync(
                () => channel.Client().ModelInferAsync(
                    Inference.RawAudio(model, [.. new float[100], float.NaN])).ResponseAsync, "audio");
            Assert.Equal("AUDIO_NOT_FINITE", notFinite.Detail<ErrorInfo>()!.Reason);
        }
    }

    [Fact]
    public async Task Tokens_that_cannot_be_decoded_are_refused_as_by_the_native_call()
    {
        using var channel = mesh.ChannelTo("Codec");
        await Errors.InvalidAsync(
            () => channel.Client().ModelInferAsync(Inference.RawTokens("default.decode", Tokens.Masked(4, 10, 0))).ResponseAsync,
            "inputs.tokens.data");
        await Errors.InvalidAsync(
            () => channel.Client().ModelInferAsync(Inference.RawTokens("default.decode", Tokens.Of(15, 10, _ => 1))).ResponseAsync,
            "inputs.tokens.codebooks");
        await Errors.InvalidAsync(
            () => channel.Client().ModelInferAsync(
                Inference.RawTokens("default.decode", Tokens.Of(14, 10, _ => 1)).With("gain_db", Inference.Number(101))).ResponseAsync,
            "parameters.gain_db");
    }

    [Fact]
    public async Task Weights_that_a_call_names_are_those_that_it_gets()
    {
        using var channel = mesh.ChannelTo("CoarseGenerator");
        var request = Inference.RawTokens("default", Tokens.Masked(4, 10, 0)).With("steps", Inference.Whole(1));
        var served = (await channel.Client().ModelMetadataAsync(new() { Name = "default" })).Properties["sha256"];
        await channel.Client().ModelInferAsync(request, new Metadata { { "x-vampnet-weights", served } });
        var error = await Assert.ThrowsAsync<RpcException>(
            () => channel.Client().ModelInferAsync(request, new Metadata { { "x-vampnet-weights", new string('0', 64) } }).ResponseAsync);
        Assert.Equal((StatusCode.Aborted, "WEIGHTS_CHANGED"), (error.StatusCode, error.Detail<ErrorInfo>()!.Reason));
    }

    [Fact]
    public async Task A_name_as_long_as_a_message_is_cut_in_the_error()
    {
        using var channel = mesh.ChannelTo("CoarseGenerator");
        var request = Inference.RawTokens("default", Tokens.Masked(4, 10, 0)).With(r => r.Inputs[0].Name = new string('x', 1 << 20));
        var error = await Errors.InvalidAsync(() => channel.Client().ModelInferAsync(request).ResponseAsync, "inputs[0].name");
        Assert.InRange(error.Status.Detail.Length, 100, 300);
    }

    private static void Spoil(ModelInferRequest request, string name)
    {
        var input = request.Inputs[0];
        var raw = request.RawInputContents;
        switch (name)
        {
            case "rank": input.Shape.Add(1); break;
            case "codebooks": (input.Shape[0], input.Shape[1]) = (5, 8); break;
            case "no frames": input.Shape[1] = 0; break;
            case "negative": input.Shape[1] = -10; break;
            case "overflow": input.Shape[1] = int.MaxValue; break;
            case "datatype": input.Datatype = "INT64"; break;
            case "too few bytes": raw[0] = ByteString.CopyFrom(raw[0].Span[1..]); break;
            case "too many bytes": raw[0] = ByteString.CopyFrom([.. raw[0].Span, .. new byte[4]]); break;
            case "raw and typed": input.Contents = new InferTensorContents { IntContents = { 1 } }; break;
            case "two raw": raw.Add(raw[0]); break;
            case "no contents": raw.Clear(); break;
            case "too few elements":
                raw.Clear();
                input.Contents = new InferTensorContents { IntContents = { 1 } };
                break;
            case "wrong field":
                raw.Clear();
                input.Contents = new InferTensorContents { Int64Contents = { new long[40] } };
                break;
            case "no input":
                raw.Clear();
                request.Inputs.Clear();
                break;
            case "two inputs": request.Inputs.Add(input.Clone()); raw.Add(raw[0]); break;
            case "input name": input.Name = "codes"; break;
            case "input parameter": input.Parameters["shared_memory_region"] = new InferParameter { StringParam = "r" }; break;
            case "output name": request.Outputs.Add(Output("logits")); break;
            case "output twice": request.Outputs.Add([Output("tokens"), Output("tokens")]); break;
            case "output parameter":
                request.Outputs.Add(Output("tokens"));
                request.Outputs[0].Parameters["classification"] = Inference.Whole(3);
                break;
            case "parameter": request.With("stepz", Inference.Whole(1)); break;
            case "parameter's type": request.With("steps", new InferParameter { BoolParam = true }); break;
            case "negative seed": request.With("seed", Inference.Whole(-1)); break;
            case "parameter's range": request.With("steps", Inference.Whole(0)); break;
            case "filter's range": request.With("typical_mass", Inference.Number(2)); break;
            case "token": raw[0] = ByteString.CopyFrom(Inference.Bytes([0, 1, 2, 3, 4, 5, 6, 1025, .. new int[32]])); break;
            case "too long":
                input.Shape[1] = 1151;
                raw[0] = ByteString.CopyFrom(new byte[4 * 1151 * 4]);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(name), name, "is no way to spoil a request");
        }
    }

    private static ModelInferRequest.Types.InferRequestedOutputTensor Output(string name) => new() { Name = name };
}
