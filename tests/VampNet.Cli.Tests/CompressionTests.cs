using VampNet.Audio.Files;

namespace VampNet.Cli.Tests;

/// <summary><c>vampnet compress</c> and <c>vampnet expand</c>.</summary>
[Collection(CliTests.Name)]
public sealed class CompressionTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_source_becomes_a_few_bytes_and_music_again()
    {
        string[] settings = ["--gateway", mesh.Gateway, "--seed", "7", "--steps", "2", "--bitrate", "200", "--stereo", "dual"];
        var compressed = await VampNetProcess.RunAsync(["compress", _work.Music(), "-o", _work.Path("song.vamp"), .. settings]);
        Assert.Equal((0, ""), (compressed.ExitCode, compressed.Error));
        Assert.Matches(@"song\.vamp: \d+ bytes\non disk \d+ bit/s, for 2\.0 s\nseed    7\nkept ", compressed.Output);
        Assert.InRange(new FileInfo(_work.Path("song.vamp")).Length, 60, 160); // twice 39 tokens of 10 bits, and what surrounds them

        var expanded = await VampNetProcess.RunAsync(
            "expand", _work.Path("song.vamp"), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (expanded.ExitCode, expanded.Error));
        Assert.Contains("seed    7\n", expanded.Output, StringComparison.Ordinal);
        await VampNetProcess.RunAsync(["vamp", _work.Path("in.wav"), "-o", _work.Path("vamp.wav"), .. settings]);
        Assert.Equal(File.ReadAllBytes(_work.Path("vamp.wav")), File.ReadAllBytes(_work.Path("out.wav")));
        Assert.Equal(88_200, AudioFile.Read(_work.Path("out.wav")).Frames);
    }

    [Fact]
    public async Task What_is_no_vamp_file_is_refused()
    {
        var ended = await VampNetProcess.RunAsync("expand", _work.Music(), "-o", _work.Path("out.wav"), "--gateway", mesh.Gateway);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("no .vamp file", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(["in.wav"], _work.Files());
    }
}
