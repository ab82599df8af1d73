using VampNet.Audio.Files;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Services.AllInOne;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.EndToEnd;

/// <summary>What ships runs: the weights that services load when nobody says otherwise.</summary>
[Collection(MeshTests.Name)]
public sealed class ShippedWeightsTests
{
    [Fact]
    public async Task The_default_model_vamps_the_demos_music()
    {
        await using var mesh = await MeshHost.StartAsync(new MeshHostOptions());
        using var client = new VampNetClient(mesh.Gateway);
        Assert.Equal("vampnet-mini", (await client.GetModelAsync(GeneratorStage.Fine)).Served.Model.Package);

        var source = AudioFile.Read(Path.Combine(Repository.Root, "assets", "through-space.flac"));
        var excerpt = AudioFile.Encode(
            new VampNet.Audio.AudioBuffer(source.Samples[..(4 * source.SampleRate * source.Channels)], source.SampleRate, source.Channels),
            AudioFormat.Wav16);
        var config = Vamps.Config();
        config.Prompt = new Prompt { Periodic = new PeriodicPrompt { Period = 7 } };
        config.Output = new OutputFormat { Encoding = OutputEncoding.Flac };
        var result = await client.RunAsync(config, excerpt);

        var audio = AudioFile.Read(result.Audio);
        Assert.Equal(4, (double)audio.Frames / audio.SampleRate, 2);
        var mix = audio.Samples.Chunk(audio.Channels).Select(frame => frame.Average()).ToArray();
        Assert.Equal(
            result.Source.LoudnessLufs, VampNet.Audio.Processing.Loudness.Integrated(new(mix, audio.SampleRate)), 1.0);
        // A vamp of music uses many codes; a model that fell apart repeats a few.
        Assert.True(Tokens.Codes(result.Tokens).Distinct().Count() > 300);
    }
}
