using System.Xml.Linq;
using Grpc.Core;
using VampNet.Load.Reports;
using VampNet.Load.Servers;

namespace VampNet.Load.Tests;

/// <summary>What a report says, and what it says of another.</summary>
public sealed class ReportTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void A_report_is_the_same_after_its_file()
    {
        var report = Report(0.05) with { Saturation = new([new(10, Result(0.05), null), new(20, Result(0.05), "p99")]) };
        var read = LoadReport.FromJson(report.ToJson());
        Assert.Equal(report.ToJson(), read.ToJson());
        Assert.Equal(report.Settings, read.Settings);
        Assert.Equal(10, read.Saturation!.KneeRate);
        Assert.Equal(report.Result.Latency, read.Result.Latency);
        Assert.Contains("no report", Assert.Throws<InvalidDataException>(() => LoadReport.FromJson("{")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_worse_by_more_than_the_tolerance_is_a_regression()
    {
        var before = Report(0.05);
        Assert.Empty(LoadComparison.Of(before, before, 0).Regressions);
        Assert.Empty(LoadComparison.Of(before, Report(0.052), 0.1).Regressions);
        Assert.Empty(LoadComparison.Of(before, Report(0.03), 0.1).Regressions);
        var worse = LoadComparison.Of(before, Report(0.08), 0.1);
        Assert.Contains(worse.Regressions, words => words.StartsWith("p50, s: 0.08, was 0.05", StringComparison.Ordinal));
        Assert.Contains(worse.Regressions, words => words.StartsWith("p99, s:", StringComparison.Ordinal));
        Assert.Contains(worse.Regressions, words => words.StartsWith("first result p50", StringComparison.Ordinal));
    }

    [Fact]
    public void Lost_answers_and_lost_fairness_are_regressions_too()
    {
        var before = Report(0.05) with { Result = Result(0.05, tenants: 2) };
        var now = before with { Result = Result(0.05, tenants: 2, fails: number => number % 2 == 1 && number > 20) };
        Assert.Equal(
            ["calls/s", "music s/s", "errors, share of calls", "fairness"],
            LoadComparison.Of(before, now, 0.1).Figures.Where(figure => figure.IsWorse).Select(figure => figure.Name));
    }

    [Fact]
    public void A_lower_knee_is_a_regression()
    {
        var before = Report(0.05) with { Saturation = new([new(10, Result(0.05), null)]) };
        var now = before with { Saturation = new([new(8, Result(0.05), null), new(10, Result(0.05), "p99")]) };
        Assert.Equal(["knee, calls/s: 8, was 10"], LoadComparison.Of(before, now, 0.1).Regressions);
        Assert.Empty(LoadComparison.Of(before, now, 0.3).Regressions);
    }

    [Fact]
    public void Runs_of_different_kinds_are_not_compared()
    {
        var before = Report(0.05);
        var other = before with { Settings = before.Settings with { Mix = "long" } };
        var search = before with { Saturation = new([new(10, Result(0.05), null)]) };
        Assert.Contains(
            "another kind", Assert.Throws<InvalidDataException>(() => LoadComparison.Of(before, other, 0.1)).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => LoadComparison.Of(before, search, 0.1));
    }

    [Fact]
    public void Markdown_has_all_tables_and_the_picture_is_a_picture()
    {
        var report = Report(0.05) with
        {
            Result = Result(0.05, tenants: 2, fails: number => number == 3),
            Work = [new ServerWork("coarse", "generate", 3, 0.1, 0.5, 0.2, 1.5, 0.75)],
        };
        var page = MarkdownReport.Write(report, "2 cores");
        foreach (var title in new[] { "# coarse under load", "## latency", "## by tenant", "## errors", "## time in the stages" })
            Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.Contains("| coarse | generate | 3 | 0.100 | 0.500 | 0.200 | 1.5 | 75.0 % |", page, StringComparison.Ordinal);
        Assert.Contains("10 calls a second (constant), at most 1000 at once, for 10 s", page, StringComparison.Ordinal);
        var search = report with { Saturation = new([new(10, Result(0.05), null), new(20, Result(0.05), "p99")]) };
        foreach (var picture in new[] { LoadPicture.Draw(report), LoadPicture.Draw(search) })
        {
            Assert.Equal("svg", XDocument.Parse(picture).Root!.Name.LocalName);
            Assert.DoesNotContain("NaN", picture, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_run_without_answers_has_a_report_and_a_picture()
    {
        var report = Report(0.05) with { Result = Result(0.05, fails: _ => true) };
        Assert.Contains("| Unavailable |  | 100 |", MarkdownReport.Write(report, ""), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", LoadPicture.Draw(report), StringComparison.Ordinal);
    }

    private LoadReport Report(double seconds) => new()
    {
        Begun = DateTimeOffset.UnixEpoch,
        Settings = new LoadSettings("coarse", "short", 12, 10, "constant", 1_000, 10, 0),
        Result = Result(seconds),
    };

    private LoadResult Result(double seconds, int tenants = 0, Func<int, bool>? fails = null)
    {
        var target = new FakeTarget(_time, (_, _) => seconds)
        {
            Fails = number => fails?.Invoke(number) == true ? new RpcException(new Status(StatusCode.Unavailable, "")) : null,
        };
        var plan = new LoadPlan
        {
            Duration = TimeSpan.FromSeconds(10),
            Rate = 10,
            IsConstant = true,
            Concurrency = 1_000,
            Tenants = tenants,
        };
        return _time.Run(() => new LoadRun(target, _time).RunAsync(plan, CancellationToken.None));
    }
}
