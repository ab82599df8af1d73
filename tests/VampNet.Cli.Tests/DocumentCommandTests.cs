using System.Text.RegularExpressions;
using VampNet.Audio.Files;
using VampNet.Testing;

namespace VampNet.Cli.Tests;

/// <summary>The commands that documents show are run, line by line, as a reader would.</summary>
[Collection(CliTests.Name)]
public sealed partial class DocumentCommandTests(MeshFixture mesh) : IDisposable
{
    // Verbs that a gateway answers: those that sample can be told to take a single step, and those that write to replace what is there.
    private static readonly string[] s_sampling = ["vamp", "inpaint", "continue", "loop", "compress"],
        s_writing = ["preview", "expand", "encode", "decode"], s_others = ["beats", "models"];

    // A model, a gateway, a key or a loudspeaker that there is not.
    private static readonly string[] s_missing = ["--model", "--adapter", "--gateway", "--api-key", "--layer", "aplay"];

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("README.md", 12)]
    [InlineData("docs/quick-start.md", 6)]
    [InlineData("docs/concepts.md", 4)]
    [InlineData("docs/gallery.md", 10)]
    [InlineData("docs/prompts.md", 3)]
    public async Task Commands_of_a_document_run(string document, int least)
    {
        var commands = Commands(document).ToList();
        Assert.True(commands.Count >= least, $"{commands.Count} commands of {document}");
        _work.Music("phrase.wav");
        File.Move(_work.Music("song.flac", seconds: 9, AudioFormat.Flac), _work.Path("song.mp3"));

        var ended = await VampNetProcess.ShellAsync($"cd '{_work.Path(".")}'; set -x; {string.Join('\n', commands)}");
        Assert.True(ended.ExitCode == 0, ended.Error);
    }

    private IEnumerable<string> Commands(string document) => File.ReadLines(Path.Combine(Repository.Root, document))
        .Where(line => line.StartsWith("    ./vampnet ", StringComparison.Ordinal))
        .Select(line => line.Split(" #")[0].Trim())
        .Where(line => Command().Matches(line).All(command => IsAnswered(command.Groups[1].Value))
            && !s_missing.Any(missing => line.Contains(missing, StringComparison.Ordinal)))
        .Select(line => Command().Replace(line, command => $"vampnet {command.Groups[1].Value} {Settings(command.Groups[1].Value)}"));

    private static bool IsAnswered(string verb) => s_sampling.Contains(verb) || s_writing.Contains(verb) || s_others.Contains(verb);

    private string Settings(string verb) => string.Join(
        ' ', ["--gateway", mesh.Gateway, .. s_sampling.Contains(verb) ? ["--steps", "1"] : Array.Empty<string>(),
            .. s_others.Contains(verb) ? Array.Empty<string>() : ["--force"]]);

    [GeneratedRegex(@"\./vampnet (\w+)")]
    private static partial Regex Command();
}
