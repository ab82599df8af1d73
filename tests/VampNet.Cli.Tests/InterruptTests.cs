namespace VampNet.Cli.Tests;

[Collection(CliTests.Name)]
public sealed class InterruptTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task An_interrupted_vamp_leaves_nothing()
    {
        var music = _work.Music(seconds: 8);
        var partial = _work.Created(".out.wav.*.part");
        using var process = VampNetProcess.Start("vamp", music, "-o", _work.Path("out.wav"), "--model", mesh.Model, "--steps", "1000");
        await partial;
        await VampNetProcess.SignalAsync(process, "INT");
        Assert.Equal("vampnet: cancelled\n", await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.Equal(130, process.ExitCode);
        Assert.Equal(["in.wav"], _work.Files());
    }

    [Fact]
    public async Task A_single_stage_serves_until_it_is_told_to_end()
    {
        using var process = VampNetProcess.Start("serve", "beats", "--urls", "http://127.0.0.1:0");
        while (await process.StandardOutput.ReadLineAsync() is { } line
            && !line.Contains("Now listening on: http://127.0.0.1:", StringComparison.Ordinal))
        {
        }
        await VampNetProcess.SignalAsync(process, "TERM");
        var rest = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Contains("shutting down", rest, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }
}
