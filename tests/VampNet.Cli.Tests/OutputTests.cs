using VampNet.Audio.Files;

namespace VampNet.Cli.Tests;

/// <summary>What <c>-o</c> writes, and what it leaves alone.</summary>
[Collection(CliTests.Name)]
public sealed class OutputTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("in.wav")]
    [InlineData("symbolic.wav")]
    [InlineData("hard.wav")]
    public async Task The_input_is_never_the_output(string output)
    {
        var music = File.ReadAllBytes(_work.Music());
        await SucceedsAsync($"cd '{_work.Path("")}'; ln -s in.wav symbolic.wav; ln in.wav hard.wav");
        var files = _work.Files().ToArray();
        await RefusesAsync("is the input itself", "vamp", _work.Path("in.wav"), "-o", _work.Path(output), "--force");
        await RefusesAsync("is the input itself", "encode", _work.Path(output), "-o", _work.Path("in.wav"), "--force");
        Assert.Equal(music, File.ReadAllBytes(_work.Path("in.wav")));
        Assert.Equal(files, _work.Files());
    }

    [Fact]
    public async Task A_checkpoint_is_not_converted_onto_itself()
    {
        _work.Write("in.pth", File.ReadAllBytes(Testing.Goldens.File("coarse_tiny.pth")));
        await RefusesAsync("is the input itself", "convert", _work.Path("in.pth"), "-o", _work.Path("in.pth"), "--force");
        await RefusesAsync("--force", "convert", Path.GetTempPath(), "-o", mesh.Model, "--name", "n", "--licence", "l");
    }

    [Fact]
    public async Task A_file_that_exists_is_replaced_by_force_only()
    {
        var music = _work.Music();
        _work.Write("beats.json", [1, 2, 3]);
        await SucceedsAsync($"chmod 600 '{_work.Path("beats.json")}'");
        string[] command = ["beats", music, "-o", _work.Path("beats.json"), "--gateway", mesh.Gateway];
        await RefusesAsync("beats.json exists; --force replaces it", command);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_work.Path("beats.json")));

        var ended = await VampNetProcess.RunAsync([.. command, "--force"]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("tempo", File.ReadAllText(_work.Path("beats.json")), StringComparison.Ordinal);
        await SucceedsAsync($"test $(stat -c %a '{_work.Path("beats.json")}') = 600");
    }

    [Fact]
    public async Task One_variation_that_exists_keeps_all_from_being_written()
    {
        _work.Write("out-2.wav", [1]);
        await RefusesAsync("out-2.wav exists", "vamp", _work.Music(), "-o", _work.Path("out.wav"), "-n", "3", "--gateway", mesh.Gateway);
        Assert.Equal(["in.wav", "out-2.wav"], _work.Files());
    }

    [TerminalTheory]
    [InlineData("y", 0)]
    [InlineData("n", 2)]
    public async Task At_a_terminal_one_is_asked(string answer, int exitCode)
    {
        var (music, output) = (_work.Music(), _work.Write("beats.json", [1]));
        var ended = await VampNetProcess.ShellAsync(
            $"(sleep 1; echo {answer}) | {TerminalTheoryAttribute.Script} "
            + $"'vampnet beats {music} -o {output} --gateway {mesh.Gateway}' /dev/null");
        Assert.Contains("exists. Replace it? [y/N]", ended.Output, StringComparison.Ordinal);
        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Equal(answer == "n", File.ReadAllBytes(output).Length == 1);
    }

    [Fact]
    public async Task A_pipe_with_a_name_is_written_through()
    {
        var music = _work.Music();
        await SucceedsAsync(
            $"cd '{_work.Path("")}'; mkfifo pipe; ln -s pipe link; (cat pipe > read.wav) & "
            + $"vampnet vamp {music} -o link --steps 1 --seed 1 --gateway {mesh.Gateway}; wait; test -p pipe; test -L link");
        Assert.Equal(88_200, AudioFile.Read(_work.Path("read.wav")).Frames);
        Assert.Equal(["in.wav", "link", "pipe", "read.wav"], _work.Files());
    }

    [Fact]
    public async Task A_folder_of_devices_gets_no_new_files() =>
        await RefusesAsync(
            "files of their own", "vamp", _work.Music(), "-o", "/dev/null", "-n", "2", "--gateway", mesh.Gateway);

    [Theory]
    [InlineData("folder/there.json", "--force")]
    [InlineData("folder/new.json")]
    public async Task A_symbolic_link_stays_and_leads_to_the_result(string target, params string[] options)
    {
        Directory.CreateDirectory(_work.Path("folder"));
        _work.Write("folder/there.json", [1]);
        File.CreateSymbolicLink(_work.Path("link"), target);
        var ended = await VampNetProcess.RunAsync(
            ["beats", _work.Music(), "-o", _work.Path("link"), "--gateway", mesh.Gateway, .. options]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(target, new FileInfo(_work.Path("link")).LinkTarget);
        Assert.Contains("tempo", File.ReadAllText(_work.Path(target)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_folders_are_made_and_none_is_left_after_a_failure()
    {
        var (music, output) = (_work.Music(), _work.Path("a/b/out.json"));
        var failed = await VampNetProcess.RunAsync("beats", music, "-o", output, "--gateway", "http://127.0.0.1:1");
        Assert.Equal(1, failed.ExitCode);
        Assert.False(Directory.Exists(_work.Path("a")));
        var ended = await VampNetProcess.RunAsync("beats", music, "-o", output, "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.True(File.Exists(output));
    }

    [Fact]
    public async Task Standard_input_and_output_are_pipes_for_bytes_alone()
    {
        var settings = $"--steps 1 --seed 7 --gateway {mesh.Gateway}";
        var ended = await VampNetProcess.ShellAsync(
            $"cd '{_work.Path("")}'; cat {_work.Music()} | vampnet vamp - -o - {settings} > piped.wav; "
            + $"vampnet encode - -o - --gateway {mesh.Gateway} < in.wav | vampnet decode - -o decoded.flac --gateway {mesh.Gateway} >&2; "
            + $"vampnet vamp in.wav -o named.wav {settings} > messages");
        Assert.True(ended.ExitCode == 0, ended.Error);
        Assert.Equal("", ended.Output);
        Assert.Contains("seed    7\n", ended.Error, StringComparison.Ordinal);
        Assert.Contains("seed    7\n", File.ReadAllText(_work.Path("messages")), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(_work.Path("named.wav")), File.ReadAllBytes(_work.Path("piped.wav")));
        Assert.Equal(88_200, AudioFile.Read(_work.Path("decoded.flac")).Frames);
    }

    [Theory]
    [InlineData("out.ogg", "OggS", 44_100, 88_200)]
    [InlineData("out.opus", "OggS", 48_000, 96_000)]
    [InlineData("out.aiff", "FORM", 44_100, 88_200)]
    [InlineData("OUT.AIF", "FORM", 44_100, 88_200, "--bits", "24")]
    public async Task The_name_says_the_format(string name, string signature, int rate, int frames, params string[] options)
    {
        var ended = await VampNetProcess.RunAsync(
            ["vamp", _work.Music(), "-o", _work.Path(name), "--steps", "1", "--gateway", mesh.Gateway, .. options]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(signature, System.Text.Encoding.ASCII.GetString(File.ReadAllBytes(_work.Path(name))[..4]));
        var audio = AudioFile.Read(_work.Path(name));
        Assert.Equal((rate, 2, frames), (audio.SampleRate, audio.Channels, audio.Frames));
        Assert.Equal(["in.wav", name], _work.Files().OrderByDescending(file => file == "in.wav"));
    }

    [Fact]
    public async Task Mp3_is_written_where_libsndfile_can()
    {
        string[] command = ["vamp", _work.Music(), "-o", _work.Path("out.mp3"), "--steps", "1", "--gateway", mesh.Gateway];
        if (!AudioFile.CanWrite(AudioFormat.Mp3))
        {
            await RefusesAsync("the installed libsndfile does not write this format", command);
            return;
        }
        var ended = await VampNetProcess.RunAsync(command);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.InRange(AudioFile.Read(_work.Path("out.mp3")).Frames, 88_200, 88_200 + 4 * 1_152);
    }

    private static async Task RefusesAsync(string words, params string[] arguments)
    {
        var ended = await VampNetProcess.RunAsync(arguments);
        Assert.Contains(words, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
    }

    private static async Task SucceedsAsync(string line)
    {
        var ended = await VampNetProcess.ShellAsync(line);
        Assert.True(ended.ExitCode == 0, ended.Error);
    }
}
