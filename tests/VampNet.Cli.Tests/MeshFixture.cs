using System.Diagnostics;
using VampNet.Testing;

namespace VampNet.Cli.Tests;

/// <summary>
/// <c>vampnet serve --all</c> with the reference's tiny random models, packaged by <c>vampnet convert</c>: what the
/// other tests talk to with --gateway.
/// </summary>
public sealed class MeshFixture : IAsyncLifetime
{
    /// <summary>Longest audio that this mesh takes.</summary>
    public const int MaxSeconds = 20;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vampnet-cli-");
    private Process? _server;

    public string Gateway { get; private set; } = "";

    public string Model => Path.Combine(_folder.FullName, "tiny");

    public async Task InitializeAsync()
    {
        var packaged = await VampNetProcess.RunAsync(
            "convert", Directory.CreateDirectory(Path.Combine(_folder.FullName, "empty")).FullName, "-o", Model, "--name", "tiny",
            "--licence", "CC0-1.0",
            "--codec", Goldens.File("codec_tiny.pth"), "--coarse", Goldens.File("coarse_tiny.pth"), "--fine", Goldens.File("c2f_tiny.pth"));
        Assert.True(packaged.ExitCode == 0, packaged.Error);

        _server = VampNetProcess.Start(
            "serve", "--all", "--urls", "http://127.0.0.1:0", "--set", "Http:Port=0", "--model", Model, "--model", $"twin={Model}", "--set",
            $"Limits:MaxSeconds={MaxSeconds}");
        var line = await _server.StandardOutput.ReadLineAsync();
        Assert.True(line?.StartsWith("gateway ", StringComparison.Ordinal), line ?? await _server.StandardError.ReadToEndAsync());
        Gateway = line!["gateway ".Length..];
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Kill();
            await _server.WaitForExitAsync();
            _server.Dispose();
        }
        _folder.Delete(recursive: true);
    }
}

[CollectionDefinition(Name)]
public sealed class CliTests : ICollectionFixture<MeshFixture>
{
    public const string Name = "cli";
}
