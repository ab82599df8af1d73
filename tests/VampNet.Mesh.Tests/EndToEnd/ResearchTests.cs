using Google.Protobuf;
using Grpc.Core;
using VampNet.Client;
using VampNet.Core;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Testing;
using static VampNet.Testing.GoldenTensors;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>Activations and log-probabilities through the gateway: the reference's own arrays, over real sockets.</summary>
[Collection(MeshTests.Name)]
public sealed class ResearchTests(Support.Mesh mesh)
{
    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    public async Task Activations_of_a_layer_are_the_references(uint layer)
    {
        var response = await mesh.Client.EmbedAsync(
            GeneratorStage.Coarse, new EmbedRequest { Tokens = Golden("coarse_z_masked"), Layer = layer });
        var all = Goldens.Array("coarse_activations"); // (layers, batch, frames, dimension)
        Assert.Equal(((uint)all.Shape[2], (uint)all.Shape[3]), (response.Frames, response.Dimension));
        var size = all.Shape[2] * all.Shape[3];
        AssertClose(
            "activations", all.Floats.AsSpan((int)(layer - 1) * all.Shape[1] * size, size), Floats.FromBytes(response.Data.Span),
            LogitTolerance);
    }

    [Fact]
    public async Task The_fine_model_has_activations_of_its_own()
    {
        var model = await mesh.Client.GetModelAsync(GeneratorStage.Fine);
        var request = new EmbedRequest { Tokens = Golden("c2f_z_masked"), Layer = model.Layers };
        var last = await mesh.Client.EmbedAsync(GeneratorStage.Fine, request);
        Assert.Equal((24u, model.Dimension), (last.Frames, last.Dimension));
        request.Layer = 0;
        Assert.NotEqual(last, await mesh.Client.EmbedAsync(GeneratorStage.Fine, request));
    }

    [Theory]
    [InlineData(GeneratorStage.Coarse, "coarse")]
    [InlineData(GeneratorStage.Fine, "c2f")]
    public async Task Log_probabilities_of_what_is_hidden(GeneratorStage stage, string name)
    {
        var tokens = Golden(name + "_codes");
        var response = await mesh.Client.ScoreAsync(stage, new ScoreRequest { Tokens = tokens, Mask = GoldenMask(name, tokens) });
        Assert.Equal((tokens.Codebooks, tokens.Frames), (response.Codebooks, response.Frames));
        AssertClose("scores", GoldenScores.Of(name), Floats.FromBytes(response.Data.Span), LogitTolerance);
    }

    public static TheoryData<string> BadEmbeds => new(EmbedCases.Keys);

    private static readonly Dictionary<string, Action<EmbedRequest>> EmbedCases = new()
    {
        ["tokens"] = r => r.Tokens = null,
        ["tokens.codebooks"] = r => r.Tokens = Tokens.Of(3, 4, _ => 0),
        ["tokens.frames"] = r => r.Tokens = Tokens.Of(4, 5_000, _ => 0), // more than a window
        ["tokens.data"] = r => r.Tokens = Tokens.Of(4, 4, _ => 1025),
        ["layer"] = r => r.Layer = 3,
    };

    [Theory]
    [MemberData(nameof(BadEmbeds))]
    public async Task Embed_requests_that_cannot_be_used(string field)
    {
        var request = new EmbedRequest { Tokens = Golden("coarse_codes") };
        EmbedCases[field](request);
        await Errors.InvalidAsync(() => mesh.Client.EmbedAsync(GeneratorStage.Coarse, request), field);
    }

    public static TheoryData<string> BadScores => new(ScoreCases.Keys);

    private static readonly Dictionary<string, Action<ScoreRequest>> ScoreCases = new()
    {
        ["tokens"] = r => r.Tokens = null,
        ["tokens.frames"] = r => r.Tokens = Tokens.Of(14, 5_000, _ => 0),
        ["tokens.data holds MASK"] = r => r.Tokens = Golden("c2f_z_masked"),
        ["mask"] = r => r.Mask = null,
        ["mask.codebooks"] = r => r.Mask = new TokenMask { Codebooks = 4, Frames = 24, Data = ByteString.CopyFrom(new byte[96]) },
        ["mask.frames"] = r => r.Mask = new TokenMask { Codebooks = 14, Frames = 23, Data = ByteString.CopyFrom(new byte[14 * 23]) },
        ["mask.data is short"] = r => r.Mask.Data = ByteString.CopyFrom(new byte[7]),
        ["mask.data hides nothing"] = r => r.Mask.Data = ByteString.CopyFrom(new byte[14 * 24]),
        ["mask.data hides a condition"] = r => r.Mask.Data = ByteString.CopyFrom([1, .. new byte[14 * 24 - 1]]),
    };

    [Theory]
    [MemberData(nameof(BadScores))]
    public async Task Score_requests_that_cannot_be_used(string what)
    {
        var tokens = Golden("c2f_codes");
        var request = new ScoreRequest { Tokens = tokens, Mask = GoldenMask("c2f", tokens) };
        ScoreCases[what](request);
        await Errors.InvalidAsync(() => mesh.Client.ScoreAsync(GeneratorStage.Fine, request), what.Split(' ')[0]);
    }

    [Fact]
    public async Task Unknown_models_are_not_found()
    {
        var error = await Assert.ThrowsAsync<RpcException>(
            () => mesh.Client.EmbedAsync(GeneratorStage.Coarse, new EmbedRequest { Tokens = Golden("coarse_codes"), Model = "none" }));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    /// <summary>Item 0 of an array (batch, codebooks, frames).</summary>
    private static TokenTensor Golden(string name)
    {
        var array = Goldens.Array(name);
        return Tokens.Of((uint)array.Shape[1], (uint)array.Shape[2], i => (int)array.Longs[i]);
    }

    private static TokenMask GoldenMask(string name, TokenTensor tokens) => new()
    {
        Codebooks = tokens.Codebooks,
        Frames = tokens.Frames,
        Data = ByteString.CopyFrom(
            [.. Goldens.Array(name + "_mask").Flags.Take((int)(tokens.Codebooks * tokens.Frames))
            .Select(hidden => (byte)(hidden ? 1 : 0))]),
    };
}
