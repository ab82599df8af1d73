namespace VampNet.Cli.Tests;

/// <summary>Prompts that are allowed and hardly meant are warned of; numbers look alike in every language.</summary>
[Collection(CliTests.Name)]
public sealed class PromptWarningTests(MeshFixture mesh) : IDisposable
{
    private const string Nothing = "vampnet: warning: the prompt keeps nothing of the track: all of it is generated\n";
    private const string Everything = "vampnet: warning: the prompt keeps everything: nothing is generated\n";

    private const string Outside = "vampnet: warning: 100-101 s lies outside the track, which ends at 2.0 s\n";

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(Nothing, "-P", "0")]
    [InlineData(Everything, "-P", "1")]
    [InlineData(Everything, "--codebooks", "14")]
    [InlineData(Outside, "-P", "7", "--combine", "any", "--keep", "0-1,100-101")]
    [InlineData(Outside + Nothing, "--keep", "100-101")]
    [InlineData("", "--nothing")]
    [InlineData("", "--nothing", "--invert")]
    [InlineData("", "--keep", "1.5-3")]
    [InlineData("", "--keep", "3-4", "--stretch", "2")]
    public async Task A_preview_warns(string warnings, params string[] options)
    {
        var ended = await VampNetProcess.RunAsync(["preview", _work.Music(), "--gateway", mesh.Gateway, .. options]);
        Assert.Equal((0, warnings), (ended.ExitCode, ended.Error));
        Assert.Contains("kept ", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Nothing, "vamp", "-P", "0")]
    [InlineData(Outside + Everything, "inpaint", "--from", "100", "--to", "101")]
    [InlineData("", "continue", "--seconds", "1")]
    [InlineData(Nothing, "loop", "-P", "0")]
    [InlineData(Everything, "compress", "-P", "1")]
    public async Task Every_verb_with_prompts_warns(string warnings, string verb, params string[] options)
    {
        var ended = await VampNetProcess.RunAsync(
            [verb, _work.Music(), "-o", _work.Path("out.wav"), "--steps", "1", "--gateway", mesh.Gateway, .. options]);
        Assert.Equal((0, warnings), (ended.ExitCode, ended.Error));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task Numbers_are_the_same_in_every_language(string invariant)
    {
        string[] command = ["preview", _work.Music(), "--prefix", "0.5", "--seed", "1", "--gateway", mesh.Gateway];
        var expected = await VampNetProcess.RunAsync(command);
        var german = await VampNetProcess.RunAsync(
            ["LC_ALL=de_DE.UTF-8", $"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT={invariant}"], command);
        Assert.Equal(expected, german);
        Assert.Matches(@"kept    \d+\.\d ?% of", german.Output);
    }
}
