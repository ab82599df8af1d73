using VampNet.Testing;

namespace VampNet.Cli.Tests;

/// <summary>Conversion, training, packaging, and packages that are damaged.</summary>
[Collection(CliTests.Name)]
public sealed class WeightsTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Convert_writes_one_file_as_safetensors()
    {
        var ended = await VampNetProcess.RunAsync("convert", Goldens.File("coarse_tiny.pth"), "-o", _work.Path("coarse.safetensors"));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("tensors", ended.Output, StringComparison.Ordinal);
        Assert.Equal(["coarse.safetensors"], _work.Files());
    }

    [Fact]
    public async Task Convert_makes_a_package_of_a_folder_and_its_fine_tunings()
    {
        foreach (var (place, golden) in new[] { ("codec.pth", "codec_tiny.pth"), ("coarse.pth", "coarse_tiny.pth"),
            ("c2f.pth", "c2f_tiny.pth"), ("loras/opera/coarse.pth", "coarse_tiny_lora.pth") })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_work.Path("models/" + place))!);
            File.Copy(Goldens.File(golden), _work.Path("models/" + place));
        }
        var converted = await VampNetProcess.RunAsync(
            "convert", _work.Path("models"), "-o", _work.Path("package"), "--name", "tiny", "--licence", "CC0-1.0");
        Assert.Equal((0, ""), (converted.ExitCode, converted.Error));
        Assert.EndsWith("package: codec, coarse, fine; fine-tunings opera\n", converted.Output, StringComparison.Ordinal);

        var listed = await VampNetProcess.RunAsync("models", "--model", _work.Path("package"));
        Assert.Equal(
            ["default", "default/opera"],
            listed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
        var encoded = await VampNetProcess.RunAsync(
            "encode", _work.Music(), "-o", _work.Path("out.tokens"), "--model", _work.Path("package"), "--adapter", "opera");
        Assert.True(encoded.ExitCode == 0, encoded.Error);
        var refused = await VampNetProcess.RunAsync(
            "encode", _work.Path("in.wav"), "-o", _work.Path("more.tokens"), "--model", _work.Path("package"), "--adapter", "polka");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(
            "--adapter: \"default/polka\" is no model here; served are default, default/opera", Assert.Single(refused.ErrorLines),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Convert_warns_of_what_nothing_here_uses()
    {
        var converted = await VampNetProcess.RunAsync(
            "convert", Directory.CreateDirectory(_work.Path("models")).FullName, "-o", _work.Path("package"), "--name", "tiny", "--licence",
            "CC0-1.0", "--codec", Goldens.File("codec_tiny.pth"), "--coarse", Goldens.File("ctrl_tiny.pth"));
        Assert.Equal(0, converted.ExitCode);
        Assert.Matches("^vampnet: warning: .*ctrl_tiny.pth: .*ignored: ctrl_encoder", Assert.Single(converted.ErrorLines));
    }

    [Fact]
    public async Task Models_behind_a_gateway_go_by_name()
    {
        var listed = await VampNetProcess.RunAsync("models", "--gateway", mesh.Gateway);
        Assert.Matches(@"^default +tiny 1\.0 \(CC0-1\.0\)\ntwin +tiny 1\.0 \(CC0-1\.0\)\n$", listed.Output);
        var found = await VampNetProcess.RunAsync("beats", _work.Music(), "--gateway", mesh.Gateway, "--model", "twin");
        Assert.True(found.ExitCode == 0, found.Error);
        var refused = await VampNetProcess.RunAsync("beats", _work.Path("in.wav"), "--gateway", mesh.Gateway, "--model", "triplet");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("\"triplet\" is no model here", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_weight_file_is_named()
    {
        var model = Directory.CreateDirectory(_work.Path("model")).FullName;
        foreach (var file in Directory.GetFiles(mesh.Model))
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)));
        var weights = Path.Combine(model, "coarse.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^100]);
        var ended = await VampNetProcess.RunAsync("vamp", _work.Music(), "-o", _work.Path("out.wav"), "--model", model);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("coarse.safetensors", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(["in.wav"], _work.Files());
    }

    [Fact]
    public async Task Train_and_package_a_codec_then_generators_on_it_then_fine_tune_them()
    {
        Directory.CreateDirectory(_work.Path("music"));
        _work.Music("music/a.wav", seconds: 6);
        _work.Music("music/b.wav", seconds: 7);
        var heldOut = _work.Write("held-out.txt", "b.wav\n"u8.ToArray());
        string[] music = ["--music", _work.Path("music"), "--cache", _work.Path("cache"), "--held-out", heldOut];
        string[] Steps(string run) => ["--run", _work.Path(run), "--steps", "2", "--batch", "4", "--validate-every", "2"];
        string[] Setup(string run) => [.. music, .. Steps(run)];

        await SucceedsAsync(
            ["train", "codec", .. Setup("codec"), "--frames", "16", "--continuous-steps", "1", "--width", "16", "--encoder-blocks", "1",
            "--decoder-blocks", "1"]);
        await SucceedsAsync(["package", _work.Path("first"), "--name", "first", "--licence", "CC0-1.0", "--codec", _work.Path("codec")]);
        await SucceedsAsync(["train", "tokens", .. music, "--codec", _work.Path("first"), "-o", _work.Path("tokens.safetensors")]);
        await SucceedsAsync(
            ["train", "coarse", .. Steps("elsewhere"), "--tokens", _work.Path("tokens.safetensors"), "--codec", _work.Path("first"),
            "--frames", "32", "--dimension", "16", "--heads", "2", "--layers", "1"]);
        foreach (var part in new[] { "coarse", "fine" })
            await SucceedsAsync(
                ["train", part, .. Setup(part), "--codec", _work.Path("first"), "--frames", "32", "--dimension", "16", "--heads", "2",
                "--layers", "1"]);
        await SucceedsAsync(["train", "beats", .. Steps("beats"), "--seconds", "2", "--width", "4", "--width-growth", "2"]);
        await SucceedsAsync(["train", "plot", _work.Path("coarse"), _work.Path("fine"), "-o", _work.Path("curves.svg")]);
        Assert.Contains("coarse loss", File.ReadAllText(_work.Path("curves.svg")), StringComparison.Ordinal);
        await SucceedsAsync(
            ["package", _work.Path("mini"), "--name", "mini", "--licence", "CC0-1.0", "--from", _work.Path("first"), "--coarse",
            _work.Path("coarse"), "--fine", _work.Path("fine"), "--beats", _work.Path("beats")]);
        await SucceedsAsync(
            ["vamp", _work.Path("music/b.wav"), "-o", _work.Path("out.wav"), "--model", _work.Path("mini"), "--steps", "1"]);
        await SucceedsAsync(
            ["eval", "bitrates", "--music", _work.Path("music"), "--cache", _work.Path("cache"), "--held-out", heldOut, "--excerpts", "2",
            "--seconds", "5", "--model", _work.Path("mini"), "-o", _work.Path("report")]);
        Assert.Contains("| 25 bit/s |", File.ReadAllText(_work.Path("report/README.md")), StringComparison.Ordinal);

        await SucceedsAsync(
            ["finetune", _work.Path("music"), "--name", "mine", "--model", _work.Path("mini"), "-o", _work.Path("tuned"), "--cache",
            _work.Path("cache"), "--run", _work.Path("mine"), "--steps", "2", "--batch", "2"]);
        await SucceedsAsync(
            ["vamp", _work.Path("music/b.wav"), "-o", _work.Path("out.wav"), "--force", "--model", _work.Path("tuned"), "--adapter", "mine",
            "--steps", "1"]);
    }

    private static async Task SucceedsAsync(string[] arguments)
    {
        var ended = await VampNetProcess.RunAsync(arguments);
        Assert.True(ended.ExitCode == 0, ended.Error);
    }
}
