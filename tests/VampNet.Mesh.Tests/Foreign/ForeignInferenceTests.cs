using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Foreign;

/// <summary>Python's grpcio, from the proto of the Open Inference Protocol alone, drives two stages.</summary>
[Collection(MeshTests.Name)]
public sealed class ForeignInferenceTests(Support.Mesh mesh)
{
    [ForeignClientFact]
    public async Task Python_infers_what_the_native_client_generates()
    {
        var seen = await ForeignClient.RunAsync(
            "open_inference.py", Path.Combine(Repository.Root, "protos"), new Uri(mesh.Host.Stages["CoarseGenerator"]).Authority,
            new Uri(mesh.Host.Stages["Codec"]).Authority);

        Assert.True(seen.GetProperty("ready").GetBoolean());
        Assert.Equal("[\"tokens\",\"INT32\",4,-1]", seen.GetProperty("input").ToString().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal("TYPE_INT32", seen.GetProperty("config")[0].GetString());
        var own = await mesh.Client.GenerateAsync(
            GeneratorStage.Coarse,
            new GenerateRequest { Tokens = Tokens.Masked(4, 10, 0), Seed = 5, Sampling = new Sampling { Steps = 3 } });
        Assert.Equal(Tokens.Codes(own), seen.GetProperty("tokens").EnumerateArray().Select(token => token.GetInt32()));
        Assert.True(seen.GetProperty("done").GetBoolean());
        Assert.Equal(
            ["INVALID_ARGUMENT", "inputs.tokens.raw_input_contents: has 160 bytes, [4, 11] of INT32 need 176"],
            seen.GetProperty("error").EnumerateArray().Select(e => e.GetString()));
        Assert.True(seen.GetProperty("error_has_details").GetBoolean());
        Assert.Equal([14, 58], seen.GetProperty("frames").EnumerateArray().Select(n => n.GetInt32()));
        Assert.Equal([1, 44_100, 4 * 44_100], seen.GetProperty("samples").EnumerateArray().Select(n => n.GetInt32()));
    }
}
