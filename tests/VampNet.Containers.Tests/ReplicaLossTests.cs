using DotNet.Testcontainers.Builders;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Containers.Tests;

[Trait("Category", "Containers")]
public sealed class ReplicaLossTests
{
    private static readonly string Source =
        Path.Combine(CommonDirectoryPath.GetSolutionDirectory().DirectoryPath, "assets/through-space.flac");

    [ContainerFact]
    public async Task A_vamp_whose_generators_container_is_killed_ends_as_if_nothing_had_been()
    {
        await using var mesh = await ContainerMesh.StartAsync();
        using var client = new VampNetClient(mesh.Gateway);
        var undisturbed = await VampAsync(client, () => Task.CompletedTask);
        Assert.DoesNotContain("is repeated", await mesh.GatewayLogAsync(), StringComparison.Ordinal);
        // Left and right are generated side by side, so that both replicas are at work.
        var disturbed = await VampAsync(client, () => ContainerMesh.KillAsync(mesh.CoarseGenerators[0]));

        Assert.Contains("coarse: attempt 1 failed, and is repeated", await mesh.GatewayLogAsync(), StringComparison.Ordinal);
        Assert.Equal(undisturbed.Left, disturbed.Left);
        Assert.Equal(undisturbed.Right, disturbed.Right);
        Assert.Equal(undisturbed.Audio, disturbed.Audio);
        Assert.NotEqual(disturbed.Left, disturbed.Right);
    }

    /// <summary>Vamps the music of the demo with the shipped weights, and every stage has a part in it.</summary>
    /// <param name="whenCoarse">is done once, at the first step of the coarse generators</param>
    private static async Task<Vamp> VampAsync(VampNetClient client, Func<Task> whenCoarse)
    {
        var config = new VampConfig
        {
            Prompt = new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.05, AfterSeconds = 0.05 } },
            CoarseSampling = new Sampling { Steps = 60 },
            FineSampling = new Sampling { Steps = 4 },
            Stereo = StereoPolicy.Dual,
            Seed = 1,
            ReturnTokens = true,
            Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
        };
        var responses = new List<VampResponse>();
        await using var source = File.OpenRead(Source);
        await foreach (var response in client.VampAsync(config, source))
        {
            if (response.Progress?.Stage == Stage.Coarse && !responses.Exists(earlier => earlier.Progress?.Stage == Stage.Coarse))
                await whenCoarse();
            responses.Add(response);
        }

        var header = responses.Single(response => response.Header is not null).Header;
        var audio = responses.Where(response => response.HasAudio).SelectMany(response => response.Audio).ToArray();
        Assert.Equal(2u, header.Channels);
        var heard = responses.Single(response => response.Source is not null).Source;
        Assert.Equal(heard.Seconds, header.Samples / (double)header.SampleRate, 0.01);
        Assert.Equal(header.Samples * header.Channels * sizeof(float), (ulong)audio.Length);
        Assert.NotNull(responses[^1].Summary);
        return new Vamp(Tokens(responses, channel: 0), Tokens(responses, channel: 1), audio);
    }

    private static TokenTensor Tokens(List<VampResponse> responses, uint channel) => TokenBlocks.Join(
        [.. responses.Where(response => response.Tokens is not null && response.Channel == channel).Select(response => response.Tokens)]);

    private sealed record Vamp(TokenTensor Left, TokenTensor Right, byte[] Audio);
}
