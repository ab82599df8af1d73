using VampNet.Testing;

namespace VampNet.Cli.Tests;

/// <summary>Conversion, training, packaging, and packages that are damaged.</summary>
[Collection(CliTests.Name)]
public sealed class WeightsTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task Convert_writes_safetensors()
    {
        var ended = await VampNetProcess.RunAsync("convert", Goldens.File("coarse_tiny.pth"), _work.Path("coarse.safetensors"));
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains("tensors", ended.Output, StringComparison.Ordinal);
        Assert.Equal(["coarse.safetensors"], _work.Files());
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
    public async Task Train_and_package_a_codec_then_generators_on_it()
    {
        Directory.CreateDirectory(_work.Path("music"));
        _work.Music("music/a.wav", seconds: 6);
        _work.Music("music/b.wav", seconds: 4);
        var heldOut = _work.Write("held-out.txt", "b.wav\n"u8.ToArray());
        string[] Setup(string part) => ["--music", _work.Path("music"), "--cache", _work.Path("cache"), "--held-out", heldOut, "--run", _work.Path(part), "--steps", "2", "--batch", "4", "--validate-every", "2"];

        await SucceedsAsync(["train", "codec", .. Setup("codec"), "--frames", "16", "--continuous-steps", "1", "--width", "16", "--encoder-blocks", "1", "--decoder-blocks", "1"]);
        await SucceedsAsync(["package", _work.Path("first"), "--name", "first", "--licence", "CC0-1.0", "--codec", _work.Path("codec")]);
        foreach (var part in new[] { "coarse", "fine" })
            await SucceedsAsync(["train", part, .. Setup(part), "--codec", _work.Path("first"), "--frames", "32", "--dimension", "16", "--heads", "2", "--layers", "1"]);
        await SucceedsAsync(["package", _work.Path("mini"), "--name", "mini", "--licence", "CC0-1.0", "--codec", _work.Path("codec"), "--coarse", _work.Path("coarse"), "--fine", _work.Path("fine")]);
        await SucceedsAsync(["vamp", _work.Path("music/b.wav"), "-o", _work.Path("out.wav"), "--model", _work.Path("mini"), "--steps", "1"]);
    }

    private static async Task SucceedsAsync(string[] arguments)
    {
        var ended = await VampNetProcess.RunAsync(arguments);
        Assert.True(ended.ExitCode == 0, ended.Error);
    }
}
