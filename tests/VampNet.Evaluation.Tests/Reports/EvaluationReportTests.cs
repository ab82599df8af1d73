using System.Xml.Linq;
using VampNet.Evaluation.Metrics;
using VampNet.Evaluation.Reports;
using VampNet.Evaluation.Tests.Findings;
using VampNet.Testing;
using VampNet.Training.Measures;
using Xunit;

namespace VampNet.Evaluation.Tests.Reports;

public sealed class EvaluationReportTests
{
    private static readonly PerceptualMetrics s_heard = new(new ChromaAgreement(0.72, 0.19), 0.5, 0.61, [1.2, -2.4, 0.3], 1.06);
    private readonly EvaluationReport _report = new("m", "c", 2, 5, ["a"], "distance");

    [Fact]
    public void It_begins_with_the_papers_figures_and_its_findings_and_signs_what_is_not_zero()
    {
        var louder = Outcomes.Of("1 steps", 1, 1) with
        {
            At = 1,
            Sound = new Sound(-0.04, 0, 2.26, 1, 3.14),
            Perceptual = s_heard,
            Alone = 1.26,
        };
        var steps = new Experiment("steps", "Sampling steps", "steps", []) { IsTimed = true };
        _report.Add(steps, [louder, louder with { Condition = "4 steps", At = 4, Frechet = new Estimate(0.2, 0.1, 0.3) }]);
        var page = Write();
        Assert.Contains("| 1 steps | 0.0 | +2.3 | 0.0000 | 1.00 | +3.1 |", page);
        Assert.Contains("| 1 steps | 0.72 | 0.19 | 0.50 | 0.61 | -2.4 | +1.1 |", page);
        Assert.Contains("| 1 steps | 1000 | 1.000 (0.500–1.500) | 1.000 (0.500–1.500) | 1.000 (0.500–1.500) | 1.3 |", page);
        Assert.Contains("has a lower Fréchet distance than 1 | yes | 0.200 (0.100–0.300) 4 steps,", page);
        string[] order = ["### Figure 3", "(steps-mel.svg)", "(steps-frechet.svg)", "## What the paper found", "## Sampling steps"];
        Assert.Equal(order.Order(Comparer<string>.Create((a, b) => Index(a).CompareTo(Index(b)))), order);
        Assert.All(order, part => Assert.Equal(page.IndexOf(part, Ordinal), page.LastIndexOf(part, Ordinal)));

        int Index(string part) => page.IndexOf(part, Ordinal);
    }

    [Fact]
    public void Presets_have_their_octaves_what_was_given_and_what_became_of_rendered_pieces()
    {
        var loop = Outcomes.Of("loop", 1, 1) with
        {
            Perceptual = s_heard,
            FurthestOctaves = [2, -9.1, 0.3],
            Context = new ContextAgreement(new ChromaAgreement(0.84, 0.3), 0.57, 0.96),
        };
        var presets = new Experiment("presets", "Presets", null, []) { IsThorough = true };
        _report.Add(presets, [loop]);
        _report.Add(presets, [new RenderedOutcome("loop", new NoteCount(13, 16), new NoteCount(5, 24), s_heard)]);
        var page = Write();
        Assert.Contains("| loop | +1.2 (+2.0) | -2.4 (-9.1) | +0.3 (+0.3) |", page);
        Assert.Contains("| loop | 0.72 | 0.19 | 0.84 | 0.57 | 0.96 |", page);
        Assert.Contains("| loop | 13 of 16 | 5 of 24 | 0.72 | 0.19 | 0.50 | 0.61 | -2.4 | +1.1 |", page);
        Assert.Contains("(presets-mel.svg)", page);
        Assert.DoesNotContain("figures beside ours", page);
    }

    [Fact]
    public void Where_intervals_overlap_the_finding_says_so_and_the_baselines_are_drawn_in()
    {
        _report.Add(
            new Experiment("baselines", "Baselines", null, []) { IsBaseline = true },
            [Outcomes.Of("codec", 0.1, 0.2, 8_000), Outcomes.Of("noisy tokens, r=0.5", 2, 8, 4_000),
                Outcomes.Of("noisy tokens, r=0.99", 3, 9, 80), Outcomes.Of("Opus, 6 kbit/s", 2, 8, 6_500)]);
        _report.Add(
            new Experiment("bitrates", "Bitrates", Experiments.BitrateAxis, []),
            [Outcomes.Of("25 bit/s", 3, 4, 25), Outcomes.Of("Nk=1", 2.9, 3, 574), Outcomes.Of("codec", 0.1, 0.2, 8_000)]);
        _report.Add(new Experiment("prompts", "Prompts", null, []), [Outcomes.Of("periodic, P=8", 1, 1)]);
        using var folder = new TemporaryFolder();
        _report.Write(folder.Path);
        var page = File.ReadAllText(folder.File("README.md"));
        Assert.Contains("falls with the bitrate | yes (intervals overlap) | 3.000 → 2.900 → 0.100 |", page);
        Assert.False(File.Exists(folder.File("baselines-mel.svg")));
        Assert.All(["generated", "codec", "noisy tokens", "Opus"], name => Assert.Contains(name, Texts("bitrates-frechet.svg")));
        Assert.All(["codec", "noise at the bitrate", "periodic, P=8"], name => Assert.Contains(name, Texts("prompts-mel.svg")));

        IReadOnlyList<string> Texts(string file) =>
            [.. XDocument.Load(folder.File(file)).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private string Write()
    {
        using var folder = new TemporaryFolder();
        _report.Write(folder.Path);
        return File.ReadAllText(folder.File("README.md"));
    }
}
