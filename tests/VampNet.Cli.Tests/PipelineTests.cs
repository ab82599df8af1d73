using System.Text.Json;
using VampNet.Audio.Files;
using VampNet.Model.Checkpoints;

namespace VampNet.Cli.Tests;

[Collection(CliTests.Name)]
public sealed class PipelineTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Vamp_writes_as_much_music_as_it_read_and_says_how()
    {
        var ended = await VampNetProcess.RunAsync(
            "vamp", _work.Music(), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway, "--seed", "7", "--steps", "2");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var audio = AudioFile.Read(_work.Path("out.wav"));
        Assert.Equal((44_100, 2, 88_200), (audio.SampleRate, audio.Channels, audio.Frames));
        Assert.Contains("stereo  mid", ended.Output, StringComparison.Ordinal);
        Assert.Contains("seed    7\n", ended.Output, StringComparison.Ordinal);
        foreach (var stage in new[] { "encode", "coarse", "fine", "decode", "total" })
            Assert.Matches($@"{stage} +\d+\.\d\d s", ended.Output);
        Assert.Equal(["in.wav", "out.wav"], _work.Files());
    }

    [Theory]
    [InlineData(0.9, "inpaint", "--from", "1", "--to", "1.5")]
    [InlineData(2, "continue", "--seconds", "1")]
    public async Task What_a_verb_keeps_stays_as_it_is_unless_told_otherwise(double seconds, params string[] command)
    {
        var music = _work.Music();
        string[] settings = [.. command, music, "--steps", "1", "--gateway", mesh.Gateway, "-o"];
        Assert.Equal((0, ""), Errors(await VampNetProcess.RunAsync([.. settings, _work.Path("kept.wav")])));
        Assert.Equal((0, ""), Errors(await VampNetProcess.RunAsync([.. settings, _work.Path("made.wav"), "--keep-source", "false"])));
        Assert.Equal((0, ""), Errors(await VampNetProcess.RunAsync([.. settings, _work.Path("long.wav"), "--stretch", "1.1"])));
        var samples = 2 * (int)(seconds * 44_100);
        var input = AudioFile.Read(music).Samples[..samples];
        Assert.Equal(input, AudioFile.Read(_work.Path("kept.wav")).Samples[..samples]);
        Assert.NotEqual(input, AudioFile.Read(_work.Path("made.wav")).Samples[..samples]);

        static (int, string) Errors(Ended ended) => (ended.ExitCode, ended.Error);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_file_and_another_does_not()
    {
        var music = _work.Music();
        async Task<byte[]> VampAsync(string seed)
        {
            var ended = await VampNetProcess.RunAsync(
                "vamp", music, "-o", _work.Path("out.flac"), "--gateway", mesh.Gateway, "--seed", seed, "--steps", "2", "--nothing",
                "--force");
            Assert.True(ended.ExitCode == 0, ended.Error);
            return File.ReadAllBytes(_work.Path("out.flac"));
        }

        var first = await VampAsync("1");
        Assert.Equal(first, await VampAsync("1"));
        Assert.NotEqual(first, await VampAsync("2"));
    }

    [Fact]
    public async Task A_drawn_seed_is_printed_and_works_again()
    {
        var music = _work.Music();
        var drawn = await VampNetProcess.RunAsync("vamp", music, "-o", _work.Path("a.wav"), "--gateway", mesh.Gateway, "--steps", "1");
        var seed = drawn.Output.Split('\n').Single(line => line.StartsWith("seed ", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        await VampNetProcess.RunAsync("vamp", music, "-o", _work.Path("b.wav"), "--gateway", mesh.Gateway, "--steps", "1", "--seed", seed);
        Assert.Equal(File.ReadAllBytes(_work.Path("a.wav")), File.ReadAllBytes(_work.Path("b.wav")));
    }

    [Theory]
    [InlineData("--periodic", "13", "--width", "3", "--offset", "2")]
    [InlineData("--prefix", "0.5", "--suffix", "0.25")]
    [InlineData("--codebooks", "4")]
    [InlineData("--random", "0.5")]
    [InlineData("--beats", "--before-beat", "0.02", "--after-beat", "0.1", "--every", "2")]
    [InlineData("--downbeats")]
    [InlineData("--onsets", "3", "--dropout", "0.2")]
    [InlineData("--keep", "0-0.2, 0.5-0.75", "--roll")]
    [InlineData("--bitrate", "200")]
    [InlineData("--preset", "medium-variation-follow-beat", "--everything")]
    [InlineData("--nothing", "--invert")]
    [InlineData("--prompt", "(onsets 2 | every 16) & codebooks 2", "--dropout", "0.2")]
    [InlineData("--periodic", "5", "--codebooks", "3", "--prefix", "0.2", "--combine", "any", "--invert")]
    [InlineData(
        "--temperature", "0.8", "--mask-temperature", "3", "--top-p", "0.9", "--typical-mass", "0.2", "--typical-min-tokens", "16",
        "--sample-cutoff", "0.5", "--mode", "upstream")]
    [InlineData("--fine-steps", "1", "--fine-temperature", "0.7", "--bits", "32")]
    public async Task Prompts_and_sampling(params string[] options)
    {
        var ended = await VampNetProcess.RunAsync(
            ["vamp", _work.Music(seconds: 1), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway, "--seed", "1", "--steps", "2",
            .. options]);
        // No beat is found in a second, and none is kept.
        var warning = options[0] is "--beats" or "--downbeats"
            ? "vampnet: warning: the prompt keeps nothing of the track: all of it is generated\n"
            : "";
        Assert.Equal((0, warning), (ended.ExitCode, ended.Error));
        Assert.Equal(44_100, AudioFile.Read(_work.Path("out.wav")).Frames);
    }

    /// <summary>What a mask file shows stays: here every second frame.</summary>
    [Fact]
    public async Task What_a_mask_file_shows_is_kept()
    {
        var mask = new RawTensor(ElementType.BOOL, [14, 58], Enumerable.Range(0, 14 * 58).Select(i => (byte)(i % 58 % 2)).ToArray());
        using (var file = File.Create(_work.Path("mask.safetensors")))
            Safetensors.Write(
                file, new TensorTable("mask", new Dictionary<string, RawTensor> { ["mask"] = mask }, new Dictionary<string, string>()));
        var ended = await VampNetProcess.RunAsync(
            "vamp", _work.Music(seconds: 1), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway, "--steps", "1", "--mask",
            _work.Path("mask.safetensors"));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("kept    50.0% of 812 tokens", ended.Output.Replace(" %", "%", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encode_and_decode_keep_length_and_loudness()
    {
        var encoded = await VampNetProcess.RunAsync(
            "encode", _work.Music(seconds: 1.5), "-o", _work.Path("music.tokens"), "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (encoded.ExitCode, encoded.Error));
        Assert.Contains("14 codebooks x 87 frames", encoded.Output, StringComparison.Ordinal);
        Assert.InRange(new FileInfo(_work.Path("music.tokens")).Length, 14 * 87 * 2, 14 * 87 * 2 + 1_000);
        var decoded = await VampNetProcess.RunAsync(
            "decode", _work.Path("music.tokens"), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (decoded.ExitCode, decoded.Error));
        Assert.Equal(66_150, AudioFile.Read(_work.Path("out.wav")).Frames);
    }

    [Fact]
    public async Task Encode_stretches_shifts_and_repeats()
    {
        var encoded = await VampNetProcess.RunAsync(
            "encode", _work.Music(seconds: 1), "-o", _work.Path("music.tokens"), "--stretch", "1.5", "--pitch", "-2", "--repeat", "2",
            "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (encoded.ExitCode, encoded.Error));
        Assert.Contains("14 codebooks x 173 frames", encoded.Output, StringComparison.Ordinal);
        var refused = await VampNetProcess.RunAsync(
            "encode", _work.Music(seconds: 1), "-o", _work.Path("more.tokens"), "--stretch", "5", "--gateway", mesh.Gateway);
        Assert.Contains("vampnet: --stretch: ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beats_are_the_same_as_text_and_as_json()
    {
        var music = _work.Music(seconds: 8, format: AudioFormat.Flac, name: "in.flac");
        var text = await VampNetProcess.RunAsync("beats", music, "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        Assert.StartsWith("tempo 120.", text.Output, StringComparison.Ordinal);

        var json = await VampNetProcess.RunAsync("beats", music, "-o", _work.Path("beats.json"), "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (json.ExitCode, json.Error));
        using var document = JsonDocument.Parse(File.ReadAllText(_work.Path("beats.json")));
        var beats = document.RootElement.GetProperty("beats").EnumerateArray().Select(beat => beat.GetDouble()).ToArray();
        Assert.InRange(beats.Length, 14, 16);
        Assert.All(beats, beat => Assert.Equal(Math.Round(2 * beat) / 2, beat, 0.05));
    }

    [Fact]
    public async Task Without_a_gateway_the_mesh_runs_inside()
    {
        var ended = await VampNetProcess.RunAsync(
            "vamp", _work.Music(seconds: 1), "-o", _work.Path("out.wav"), "--model", mesh.Model, "--steps", "1");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(44_100, AudioFile.Read(_work.Path("out.wav")).Frames);
    }
}
