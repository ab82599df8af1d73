using VampNet.Client;
using VampNet.Evaluation.Embeddings;
using VampNet.Evaluation.Findings;
using VampNet.Evaluation.Metrics;
using VampNet.Evaluation.Reports;
using VampNet.Evaluation.Tests.Findings;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using VampNet.Testing;
using Xunit;

namespace VampNet.Evaluation.Tests;

/// <summary>Experiments over the shipped models behind a real gateway.</summary>
public sealed class EvaluatorTests(EvaluatorTests.Models models) : IClassFixture<EvaluatorTests.Models>
{
    private const int Seconds = 5;

    private readonly IReadOnlyList<Excerpt> _excerpts = [Music(0, 220), Music(1, 330)];
    private readonly List<string> _lines = [];
    private readonly VampNetClient _client = models.Client;
    private readonly Experiments _experiments = new(models.Client, "", Seconds);

    /// <summary>Goes on by a second whenever somebody looks.</summary>
    private sealed class Ticking : TimeProvider
    {
        private long _now;

        public override long GetTimestamp() => _now += TimestampFrequency;
    }

    /// <summary>The mesh, with the shipped weights.</summary>
    public sealed class Models : IAsyncLifetime
    {
        private MeshHost? _mesh;

        public VampNetClient Client { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _mesh = await MeshHost.StartAsync(
                new MeshHostOptions { Model = new ModelOptions { Path = Path.Combine(Repository.Root, "weights", "vampnet-mini") } });
            Client = new VampNetClient(_mesh.Gateway);
        }

        public async Task DisposeAsync()
        {
            Client.Dispose();
            await _mesh!.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_more_tokens_are_noise_the_further_is_the_music()
    {
        var outcomes = await RunAsync(
            new Experiment(
                "noise", "Noise", "share",
                [.. new[] { 0, 0.3, 1 }.Select(
                    share => ((double?)share, (Condition)TokenCondition.Noise($"{share}", _client, "", share)))]));
        Assert.Equal(3, _lines.Count);
        Assert.Equal(outcomes.OrderBy(o => o.MelLong.Value), outcomes);
        Assert.Equal(outcomes.OrderBy(o => o.Frechet.Value), outcomes);
        Assert.All(outcomes, o => Assert.InRange(o.MelShort.Value, o.MelShort.Low, o.MelShort.High));
    }

    [Fact]
    public async Task What_a_prompt_keeps_is_counted_and_its_context_is_not_compared()
    {
        var rendition = await Prompt("inpaint, 1 s").RenderAsync(_excerpts[0], CancellationToken.None);
        Assert.Equal(_excerpts[0].Samples.Length, rendition.Samples.Length);
        Assert.Equal(8040 * 2.0 / Seconds, rendition.BitsPerSecond, 100.0);
        Assert.Equal((Seconds - 2) * Excerpt.SampleRate, rendition.Compared(rendition.Samples).Length);
    }

    [Fact]
    public async Task A_continuation_is_compared_with_the_half_that_it_was_given_and_timed_where_that_is_asked_for()
    {
        var continuation = new Experiment("go on", "Continuation", null, [(null, Prompt("continuation of half"))]) { IsTimed = true };
        var outcome = Assert.Single(await RunAsync(continuation));
        Assert.True(outcome.Context!.Music > 0.99, $"{outcome.Context}"); // a chord that stays
        Assert.True(outcome.Context.Outside.Value > 0.6, $"{outcome.Context}");
        Assert.InRange(outcome.Context.PitchClasses, -1, 1);
        Assert.Equal(1, outcome.Alone);
    }

    [Fact]
    public void Every_finding_of_the_paper_is_looked_for_among_the_conditions_that_are_measured()
    {
        Experiment[] experiments = [_experiments.Baselines(), .. _experiments.All];
        var outcomes = experiments.Select(e => (e, (IReadOnlyList<Outcome>)[.. e.Conditions.Select(
            c => Outcomes.Of(c.Condition.Name, 1, 1) with { At = c.At, Alone = c.At })]));
        var findings = PaperFindings.Of([.. outcomes], Seconds);
        // Steps; seven prompts against noise in both figures, beats, and frames that are spread out; bitrates.
        Assert.Equal(6 + (2 * 7 + 4 + 4) + (6 + 2 + 2), findings.Count);
        Assert.Equal(findings.Count, findings.Select(f => f.Claim).Distinct().Count());
    }

    [Fact]
    public async Task A_report_shows_every_condition_and_draws_every_figure()
    {
        var experiment = new Experiment(
            "codec", "The codec", "codebooks",
            [.. new[] { 1, 14 }.Select(books => ((double?)books, (Condition)TokenCondition.Codec($"Nk={books}", _client, "", books)))]);
        using var folder = new TemporaryFolder();
        var report = new EvaluationReport("vampnet-mini", "vampnet eval", 2, Seconds, ["a", "b"], "distance");
        report.Add(experiment, await RunAsync(experiment));
        report.Write(folder.Path);
        var page = File.ReadAllText(Path.Combine(folder.Path, "README.md"));
        Assert.Contains("| Nk=1 | 574 |", page);
        Assert.Contains("| Nk=14 | 8039 |", page);
        Assert.Contains("| sound | loudness, LU |", page);
        Assert.DoesNotContain("| octave, dB (furthest) |", page);
        foreach (var picture in new[] { "codec-mel.svg", "codec-frechet.svg" })
        {
            Assert.Contains($"({picture})", page);
            Assert.Contains("<svg", File.ReadAllText(Path.Combine(folder.Path, picture)));
        }
    }

    [Fact]
    public void The_experiments_are_those_of_the_paper()
    {
        var all = _experiments.All;
        Assert.Equal(["steps", "prompts", "bitrates"], all.Select(e => e.Name));
        Assert.Equal([1.0, 4, 8, 12, 24, 36, 64, 72], all[0].Conditions.Select(c => c.At!.Value));
        Assert.Equal(25, all[2].Conditions[0].At);
        Assert.Equal(8039, all[2].Conditions[^1].At!.Value, 1.0);
        Assert.Equal(12, _experiments.Baselines().Conditions.Count);
        Assert.All(all, e => Assert.Equal(e.Conditions.Count, e.Conditions.Select(c => c.Condition.Name).Distinct().Count()));
    }

    private Condition Prompt(string name) => _experiments.Prompts().Conditions.Single(c => c.Condition.Name == name).Condition;

    private async Task<IReadOnlyList<Outcome>> RunAsync(Experiment experiment)
    {
        using var embedding = new SpectralStatistics();
        using var evaluator = new Evaluator(_excerpts, embedding, seed: 1, new Ticking(), _lines.Add);
        return await evaluator.RunAsync(experiment, parallel: 2, CancellationToken.None);
    }

    /// <summary>A chord that swells, over soft noise.</summary>
    private static Excerpt Music(int index, double hertz)
    {
        var random = new Random(index);
        var samples = Enumerable.Range(0, Seconds * Excerpt.SampleRate).Select(i =>
        {
            var t = (double)i / Excerpt.SampleRate;
            var chord = new[] { 1, 1.25, 1.5 }.Sum(ratio => Math.Sin(2 * Math.PI * hertz * ratio * t));
            return (float)(0.05 * chord * (1 + Math.Sin(2 * Math.PI * t)) + 0.005 * (random.NextDouble() - 0.5));
        });
        return new Excerpt(index, $"tone {hertz}", [.. samples]);
    }
}
