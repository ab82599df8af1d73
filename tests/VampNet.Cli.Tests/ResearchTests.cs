using VampNet.Testing;

namespace VampNet.Cli.Tests;

[Collection(CliTests.Name)]
public sealed class ResearchTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("--layer", "0")]
    [InlineData("--stage", "fine")]
    public async Task Embed_writes_one_vector_a_frame(params string[] options)
    {
        var ended = await VampNetProcess.RunAsync(
            ["embed", _work.Music(seconds: 4), "-o", _work.Path("out.npy"), "--gateway", mesh.Gateway, .. options]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal([230, 64], Npy.Read(_work.Path("out.npy")).Shape); // the fine model sees windows of 173 frames
    }

    [Fact]
    public async Task Score_prints_a_line_a_codebook_and_writes_what_was_hidden()
    {
        var ended = await VampNetProcess.RunAsync(
            "score", _work.Music(seconds: 4), "-o", _work.Path("out.npy"), "--gateway", mesh.Gateway, "--seed", "1");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(14, ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Matches(@"codebook 13  log p +-\d+\.\d{3}  perplexity +\d+\.\d  of \d+ tokens", ended.Output);
        var scores = Npy.Read(_work.Path("out.npy"));
        Assert.Equal([14, 230], scores.Shape);
        Assert.All(scores.Floats, score => Assert.True(score <= 0));
        Assert.InRange(scores.Floats.Count(score => score < 0) / 3220.0, 0.45, 0.55);
    }

    [Fact]
    public async Task One_stage_alone_is_scored_where_it_is_named()
    {
        var ended = await VampNetProcess.RunAsync(
            "score", _work.Music(seconds: 1), "--gateway", mesh.Gateway, "--stage", "coarse", "--random", "1");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Equal(
            ["58", "58", "58", "58"], ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[^2]));
    }

    [Theory]
    [InlineData("score", "--random", "1.5")]
    [InlineData("embed", "-o", "x.npy", "--layer", "99")]
    [InlineData("embed", "-o", "x.npy", "--stage", "codec")]
    public async Task Bad_values_are_one_line_and_exit_code_2(params string[] arguments)
    {
        if (arguments[0] == "embed")
            arguments[2] = _work.Path("x.npy");
        var ended = await VampNetProcess.RunAsync([arguments[0], _work.Music(seconds: 1), .. arguments[1..], "--gateway", mesh.Gateway]);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.Single(ended.ErrorLines);
        Assert.Equal(["in.wav"], _work.Files());
    }
}
