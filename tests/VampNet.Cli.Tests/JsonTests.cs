using System.Text.Json.Nodes;

namespace VampNet.Cli.Tests;

/// <summary>--json, and verbs that look at a machine or a mesh.</summary>
[Collection(CliTests.Name)]
public sealed class JsonTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_vamp_says_what_it_made()
    {
        var json = await RunAsync("vamp", _work.Music(seconds: 1), "-o", _work.Path("out.wav"), "-n", "2", "--seed", "7", "--steps", "1");
        var results = json["results"]!.AsArray();
        Assert.Equal(["7", "8"], results.Select(result => (string)result!["seed"]!));
        Assert.Equal(_work.Path("out-2.wav"), (string)results[1]!["output"]!);
        Assert.Equal(58, (int)results[0]!["figures"]!["frames"]!);
        Assert.Equal("mid", (string)json["stereo"]!);
    }

    [Fact]
    public async Task Audio_on_standard_output_stays_audio()
    {
        var ended = await VampNetProcess.ShellAsync(
            $"vampnet vamp '{_work.Music(seconds: 0.5)}' -o - --steps 1 --gateway {mesh.Gateway} --json > '{_work.Path("out.wav")}'");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Output));
        Assert.Equal("RIFF"u8.ToArray(), File.ReadAllBytes(_work.Path("out.wav"))[..4]);
        Assert.Equal("-", (string)JsonNode.Parse(ended.Error)!["results"]![0]!["output"]!);
    }

    [Fact]
    public async Task Other_verbs_say_what_they_found()
    {
        var music = _work.Music(seconds: 4);
        Assert.InRange((await RunAsync("beats", music))["beats"]!.AsArray().Count, 6, 8);
        Assert.Equal(14, (int)(await RunAsync("preview", music, "--preset", "loop"))["mask"]!["codebooks"]!);
        Assert.Equal(14, (int)(await RunAsync("encode", music, "-o", _work.Path("t.tokens")))["shape"]![0]!);
        Assert.Equal(4, (double)(await RunAsync("decode", _work.Path("t.tokens"), "-o", _work.Path("t.wav")))["seconds"]!, 0.01);
        Assert.Equal(
            ["default", "twin"], (await RunAsync("models"))["models"]!.AsArray().Select(model => (string)model!["name"]!));
    }

    [Fact]
    public async Task An_error_is_JSON_too_and_stays_a_line_on_the_error_stream()
    {
        var ended = await VampNetProcess.RunAsync("preview", "missing.wav", "--json");
        Assert.Equal(2, ended.ExitCode);
        Assert.Equal("missing.wav does not exist", (string)JsonNode.Parse(ended.Output)!["error"]!);
        Assert.Equal("vampnet: missing.wav does not exist", Assert.Single(ended.ErrorLines));
    }

    [Fact]
    public async Task The_models_of_a_package_are_listed_as_a_mesh_would()
    {
        var read = await VampNetProcess.RunAsync("models", "--model", mesh.Model);
        var served = await VampNetProcess.RunAsync("models", "--gateway", mesh.Gateway);
        Assert.Equal((0, ""), (read.ExitCode, read.Error));
        Assert.Equal(served.Output.Split('\n')[0], read.Output.Split('\n')[0]);
    }

    [Fact]
    public async Task The_doctor_looks_at_this_machine_and_at_every_stage()
    {
        var found = await RunAsync("doctor", "--gateway", mesh.Gateway);
        var names = found["findings"]!.AsArray().Select(finding => (string)finding!["name"]!).ToList();
        string[] expected =
        [
            "libsndfile.so.1", "model", "ports", "disk", "libtorch", "threads", "BLAS", "GPU", "stage codec", "stage beats",
        ];
        Assert.Superset(expected.ToHashSet(), names.ToHashSet());
        Assert.True((bool)found["healthy"]!);

        var away = await VampNetProcess.RunAsync("doctor", "--gateway", "http://127.0.0.1:1");
        Assert.Equal(1, away.ExitCode);
        Assert.Contains("bad     gateway http://127.0.0.1:1/: Connection refused", away.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_can_be_set_where_everything_runs_in_this_process()
    {
        var ended = await VampNetProcess.RunAsync(
            "encode", _work.Music(), "-o", _work.Path("t.tokens"), "--model", mesh.Model, "--set", "Limits:MaxSeconds=1");
        Assert.Equal(2, ended.ExitCode);
        Assert.Contains("1 seconds", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
        var refused = await VampNetProcess.RunAsync(
            "encode", _work.Music(), "-o", _work.Path("t.tokens"), "--gateway", mesh.Gateway, "--set", "Limits:MaxSeconds=1");
        Assert.Contains("--set does not go with --gateway", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
    }

    private async Task<JsonNode> RunAsync(params string[] arguments)
    {
        var ended = await VampNetProcess.RunAsync([.. arguments, "--json", .. Gateway(arguments)]);
        Assert.True(ended.ExitCode == 0, ended.Error + ended.Output);
        return JsonNode.Parse(ended.Output)!;
    }

    private string[] Gateway(string[] arguments) => arguments.Contains("--gateway") ? [] : ["--gateway", mesh.Gateway];
}
