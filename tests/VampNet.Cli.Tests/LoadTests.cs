using VampNet.Load.Reports;

namespace VampNet.Cli.Tests;

/// <summary><c>vampnet load</c>: its reports, and its exit codes.</summary>
[Collection(CliTests.Name)]
public sealed class LoadTests(MeshFixture mesh) : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_run_is_reported_in_every_form_and_a_worse_one_fails()
    {
        var (json, page, picture) = (_work.Path("run.json"), _work.Path("run.md"), _work.Path("run.svg"));
        string[] run = ["load", "--stage", "coarse", "--gateway", mesh.Gateway, "--duration", "1", "--steps", "2", "--tenants", "2"];
        var ended = await VampNetProcess.RunAsync([.. run, "--json", json, "--markdown", page, "--picture", picture]);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        foreach (var words in new[] { "latency", "first result", "by tenant", "music s/s", "fairness (Jain)" })
            Assert.Contains(words, ended.Output, StringComparison.Ordinal);
        Assert.StartsWith("# coarse under load", File.ReadAllText(page), StringComparison.Ordinal);
        Assert.StartsWith("<svg", File.ReadAllText(picture), StringComparison.Ordinal);
        var report = LoadReport.FromJson(File.ReadAllText(json));
        Assert.True(report.Result.Done > 0);
        Assert.Equal("coarse", report.Settings.Stage);

        // No machine is so slow that it would be a thousand times as fast.
        var better = report with { Result = report.Result with { MusicSeconds = 1000 * report.Result.MusicSeconds } };
        File.WriteAllText(json, better.ToJson());
        var worse = await VampNetProcess.RunAsync([.. run, "--compare", json]);
        Assert.Equal(1, worse.ExitCode);
        Assert.Contains($"worse than {json} by more than 10 %", worse.ErrorLines[^1], StringComparison.Ordinal);
        Assert.Contains("music s/s", worse.ErrorLines[^1], StringComparison.Ordinal);

        var other = await VampNetProcess.RunAsync([.. run, "--concurrency", "2", "--compare", json]);
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("another kind of run", other.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_for_saturation_reports_its_steps()
    {
        var ended = await VampNetProcess.RunAsync(
            "load", "--stage", "fine", "--address", mesh.Gateway, "--find-saturation", "--constant", "--max-p99", "0.000001",
            "--duration", "1", "--steps", "1");
        Assert.Equal(0, ended.ExitCode);
        Assert.Contains("steps of the search", ended.Output, StringComparison.Ordinal);
        Assert.Contains("knee    none of the rates held", ended.Output, StringComparison.Ordinal);
    }
}
