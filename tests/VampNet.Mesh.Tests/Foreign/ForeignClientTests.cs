using System.Security.Cryptography;
using VampNet.Mesh.Tests.Support;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Foreign;

/// <summary>Python's grpcio, from protos/ alone, gets what our own client gets.</summary>
[Collection(MeshTests.Name)]
public sealed class ForeignClientTests(Support.Mesh mesh)
{
    [ForeignClientFact]
    public async Task Python_drives_the_gateway_and_a_stage()
    {
        using var folder = new TemporaryFolder();
        var chord = Sounds.Chord(1);
        await File.WriteAllBytesAsync(folder.File("chord.wav"), chord);
        var seen = await ForeignClient.RunAsync(
            "client.py", Path.Combine(Repository.Root, "protos"), mesh.Host.Gateway.Authority, new Uri(mesh.Host.Stages["Codec"]).Authority,
            folder.File("chord.wav"));

        Assert.Equal(1, seen.GetProperty("health").GetInt32());
        Assert.Equal(14, seen.GetProperty("fine_codebooks").GetInt32());
        Assert.Equal(
            ["started", "progress", "source", "header", "tokens", "audio", "summary"],
            seen.GetProperty("kinds").EnumerateArray().Select(k => k.GetString()));
        Assert.Equal("RIFF", seen.GetProperty("riff").GetString());
        var own = await mesh.Client.RunAsync(Vamps.Config(seed: 5), chord);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(own.Tokens.Data.Span)), seen.GetProperty("tokens").GetString());
        Assert.Equal(
            ["INVALID_ARGUMENT", "config.coarse_sampling.steps: is 0, expected 1 to 1000"],
            seen.GetProperty("error").EnumerateArray().Select(e => e.GetString()));
        Assert.True(seen.GetProperty("error_has_details").GetBoolean());
        Assert.Equal((int)own.Tokens.Frames, seen.GetProperty("frames").GetInt32());
    }
}
