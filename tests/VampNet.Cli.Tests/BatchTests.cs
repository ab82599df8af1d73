using VampNet.Audio.Files;

namespace VampNet.Cli.Tests;

/// <summary>Several inputs at once.</summary>
[Collection(CliTests.Name)]
public sealed class BatchTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    private string Out => _work.Path("out");

    [Fact]
    public async Task A_folder_is_vamped_and_what_is_there_is_skipped()
    {
        Directory.CreateDirectory(_work.Path("songs/more"));
        _work.Music("songs/a.wav", 0.5);
        _work.Music("songs/more/b.flac", 0.5, AudioFormat.Flac);
        File.WriteAllText(_work.Path("songs/notes.txt"), "no music");
        var first = await VampAsync(_work.Path("songs"));
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Equal(["a.flac", "more/b.flac"], Made());
        var written = File.GetLastWriteTimeUtc(Path.Combine(Out, "a.flac"));

        File.Delete(Path.Combine(Out, "more/b.flac"));
        var second = await VampAsync(_work.Path("songs"));
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.Contains($"skipped {Out}/a.flac: it is there already\n", second.Output, StringComparison.Ordinal);
        Assert.Contains("input   " + _work.Path("songs/more/b.flac") + " (2 of 2)\n", second.Output, StringComparison.Ordinal);
        Assert.Equal(["a.flac", "more/b.flac"], Made());
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(Out, "a.flac")));
    }

    [Fact]
    public async Task One_bad_input_does_not_keep_the_others_from_being_done()
    {
        _work.Write("a.wav", "no music at all, but long enough"u8.ToArray());
        _work.Music("b.wav", 0.5);
        var ended = await VampAsync(_work.Path("*.wav"), "-n", "2");
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal(2, ended.ErrorLines.Length);
        Assert.StartsWith($"vampnet: {_work.Path("a.wav")}: ", ended.ErrorLines[0], StringComparison.Ordinal);
        Assert.StartsWith("vampnet: 1 of 2 inputs failed", ended.ErrorLines[1], StringComparison.Ordinal);
        Assert.Equal(["b-1.flac", "b-2.flac"], Made());
    }

    [Fact]
    public async Task Each_input_is_a_line_of_JSON()
    {
        _work.Music("a.wav", 0.5);
        _work.Music("b.wav", 0.5);
        var ended = await VampNetProcess.RunAsync(
            "compress", _work.Path("a.wav"), _work.Path("b.wav"), "--output-dir", Out, "--gateway", mesh.Gateway, "--json");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        var lines = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains($"\"output\":\"{Out}/b.vamp\"", lines[1], StringComparison.Ordinal);
        var expanded = await VampNetProcess.RunAsync("expand", Out, "--output-dir", Out, "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (expanded.ExitCode, expanded.Error));
        Assert.Equal(["a.vamp", "a.wav", "b.vamp", "b.wav"], Made());
    }

    [Theory]
    [InlineData("beats", ".json")]
    [InlineData("preview", ".svg")]
    [InlineData("embed", ".npy")]
    [InlineData("score", ".npy")]
    public async Task Every_verb_that_reads_music_takes_a_folder(string verb, string extension)
    {
        Directory.CreateDirectory(_work.Path("songs"));
        _work.Music("songs/a.wav", 1);
        _work.Music("songs/b.flac", 1, AudioFormat.Flac);
        string[] command = [verb, _work.Path("songs"), "--output-dir", Out, "--gateway", mesh.Gateway];
        var first = await VampNetProcess.RunAsync(command);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains($"input   {_work.Path("songs/b.flac")} (2 of 2)\n", first.Output, StringComparison.Ordinal);
        Assert.Equal([$"a{extension}", $"b{extension}"], Made());
        var alone = await VampNetProcess.RunAsync(
            verb, _work.Path("songs/b.flac"), "-o", _work.Path("alone"), "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (alone.ExitCode, alone.Error));
        Assert.Equal(File.ReadAllBytes(_work.Path("alone")), File.ReadAllBytes(Path.Combine(Out, $"b{extension}")));

        var second = await VampNetProcess.RunAsync([.. command, "--json"]);
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        var lines = second.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains($"\"skipped\":\"{Out}/b{extension}\"", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_printed_needs_no_folder_for_many()
    {
        _work.Music("a.wav", 4);
        _work.Write("b.wav", "no music at all, but long enough"u8.ToArray());
        _work.Music("c.wav", 4);
        string[] command = ["beats", _work.Path("*.wav"), "--gateway", mesh.Gateway];
        var printed = await VampNetProcess.RunAsync(command);
        Assert.Equal(2, printed.ExitCode);
        Assert.Equal(2, printed.Output.Split("\ntempo ").Length - 1);
        Assert.StartsWith($"vampnet: {_work.Path("b.wav")}: ", printed.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal("vampnet: 1 of 3 inputs failed", printed.ErrorLines[1]);

        var lines = (await VampNetProcess.RunAsync([.. command, "--json"])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith($"{{\"input\":\"{_work.Path("c.wav")}\",\"tempo\":", lines[2], StringComparison.Ordinal);
        Assert.Equal(["a.wav", "b.wav", "c.wav"], _work.Files());
        var only = await VampNetProcess.RunAsync("beats", _work.Path("c*.wav"), "--gateway", mesh.Gateway, "--json");
        Assert.Equal(lines[2], only.Output.TrimEnd());
    }

    [Theory]
    [InlineData("say where to write", "a.wav")]
    [InlineData("takes one input", "a.wav", "b.wav", "-o", "out.wav")]
    [InlineData("does not go with --output", "a.wav", "--output-dir", "out", "-o", "out.wav")]
    [InlineData("matches no file", "x*.wav", "--output-dir", "out")]
    [InlineData("holds no files of .wav", "empty", "--output-dir", "out")]
    [InlineData("would both become", "a.wav", "a.flac", "--output-dir", "out")]
    [InlineData("standard input has none", "-", "--output-dir", "out")]
    public async Task What_cannot_be_meant_is_refused_before_anything_is_done(string words, params string[] arguments)
    {
        Directory.CreateDirectory(_work.Path("empty"));
        foreach (var name in new[] { "a.wav", "b.wav", "a.flac" })
            _work.Music(name, 0.1);
        var ended = await VampNetProcess.RunAsync(
            ["vamp", .. arguments.Select(word => word[0] == '-' ? word : _work.Path(word)), "--gateway", mesh.Gateway]);
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(words, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    private Task<Ended> VampAsync(string input, params string[] options) => VampNetProcess.RunAsync(
        ["vamp", input, "--output-dir", Out, "--format", "flac", "--steps", "1", "--gateway", mesh.Gateway, .. options]);

    private IEnumerable<string> Made() => Directory.EnumerateFiles(Out, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Out, file)).Order(StringComparer.Ordinal);
}
