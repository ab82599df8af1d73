using VampNet.Evaluation.Metrics;
using VampNet.Testing;
using VampNet.Training.Measures;
using Xunit;

namespace VampNet.Evaluation.Tests.Reports;

public sealed class EvaluationReportTests
{
    [Fact]
    public void It_begins_with_the_findings_and_signs_what_is_not_zero()
    {
        var even = new Estimate(1, 0.9, 1.1);
        var heard = new PerceptualMetrics(new ChromaAgreement(0.72, 0.19), 0.5, [1.2, -2.4, 0.3], 1.06);
        var louder = new Outcome("1 steps", 1, even, even, even, new Sound(-0.04, 0, 2.26, 1, 3.14), heard, 503);
        using var folder = new TemporaryFolder();
        var report = new EvaluationReport("m", "c", 2, 5, ["a"], "distance");
        report.Add(new Experiment("steps", "Sampling steps", "steps", []), [louder, louder with
        {
            Condition = "4 steps",
            At = 4,
            Frechet = new Estimate(0.5, 0.4, 0.6),
        }]);
        report.Rendered = [new RenderedOutcome("loop", 13, 16, louder.Perceptual)];
        report.Write(folder.Path);
        var page = File.ReadAllText(folder.File("README.md"));
        Assert.Contains("| 1 steps | 0.0 | +2.3 | 0.0000 | 1.00 | +3.1 |", page);
        Assert.Contains("| 1 steps | 0.72 | 0.19 | 0.50 | -2.4 | +1.1 |", page);
        Assert.Contains(
            "| more sampling steps than one lower the Fréchet distance | yes | 1.000 (1 steps); lowest 0.500 (4 steps) |", page);
        Assert.Contains("| loop | 13 | 16 | 0.72 | 0.19 | +1.1 |", page);
        Assert.True(
            page.IndexOf("What the paper found", StringComparison.Ordinal) < page.IndexOf("## Sampling steps", StringComparison.Ordinal));
    }
}
