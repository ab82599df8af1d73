using VampNet.Audio;
using VampNet.Audio.Processing;
using VampNet.Evaluation.Embeddings;
using VampNet.Evaluation.Metrics;
using VampNet.Training.Losses;
using static TorchSharp.torch;

namespace VampNet.Evaluation;

/// <summary>Runs experiments over the same excerpts of held-out music.</summary>
/// <param name="seed">of the resampling</param>
/// <param name="time">that says how long requests take</param>
/// <param name="report">called with a line a condition</param>
public sealed class Evaluator(
    IReadOnlyList<Excerpt> excerpts, IAudioEmbedding embedding, int seed, TimeProvider time, Action<string> report) : IDisposable
{
    // The Fréchet distance needs two eigendecompositions a resample.
    private const int FrechetResamples = 200;
    private const int TimedRequests = 3;

    private readonly MelError _mel = new(Excerpt.SampleRate);

    private sealed record Measured(
        double MelLong, double MelShort, float[,] Original, float[,] Result, Sound Sound, PerceptualMetrics Perceptual,
        ContextAgreement? Context, double BitsPerSecond);

    /// <param name="parallel">excerpts at work at once</param>
    public async Task<IReadOnlyList<Outcome>> RunAsync(Experiment experiment, int parallel, CancellationToken cancellationToken)
    {
        var outcomes = new List<Outcome>();
        foreach (var (at, condition) in experiment.Conditions)
        {
            var measured = new Measured[excerpts.Count];
            await Parallel.ForEachAsync(excerpts, new ParallelOptions
            {
                MaxDegreeOfParallelism = parallel,
                CancellationToken = cancellationToken,
            }, async (excerpt, stop) =>
                measured[excerpt.Index] = Measure(excerpt, await condition.RenderAsync(excerpt, stop)));
            outcomes.Add(Summarise(condition.Name, at, measured) with
            {
                Alone = experiment.IsTimed ? await TimeAsync(condition, cancellationToken) : null,
            });
            report(Line(experiment, outcomes[^1]));
        }
        return outcomes;
    }

    public void Dispose() => _mel.Dispose();

    /// <returns>median seconds of some requests, one after the other</returns>
    private async Task<double> TimeAsync(Condition condition, CancellationToken cancellationToken)
    {
        var seconds = new double[TimedRequests];
        for (var i = 0; i < seconds.Length; i++)
        {
            var start = time.GetTimestamp();
            await condition.RenderAsync(excerpts[i % excerpts.Count], cancellationToken);
            seconds[i] = time.GetElapsedTime(start).TotalSeconds;
        }
        return seconds.Order().ElementAt(TimedRequests / 2);
    }

    private Measured Measure(Excerpt excerpt, Rendition rendition)
    {
        var (original, result) = (rendition.Compared(excerpt.Samples), rendition.Compared(rendition.Samples));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (wide, narrow) = _mel.Compute(Row(original), Row(result));
        return new Measured(
            wide,
            narrow,
            Embed(original),
            Embed(result),
            Sound.Of(excerpt.Samples, rendition.Samples, Excerpt.SampleRate, Excerpt.Hop),
            PerceptualMetrics.Of(original, result, Excerpt.SampleRate, Excerpt.Hop),
            rendition.Context.IsEmpty
                ? null
                : ContextAgreement.Of(
                    rendition.Given(excerpt.Samples), rendition.Given(rendition.Samples), original, result, Excerpt.SampleRate),
            rendition.BitsPerSecond);
    }

    private Outcome Summarise(string condition, double? at, Measured[] measured) => new(
        condition,
        at,
        Mean(measured, m => m.MelLong),
        Mean(measured, m => m.MelShort),
        Bootstrap.Of(
            measured.Length, items => FrechetDistance.Between(Rows(items, i => measured[i].Original), Rows(items, i => measured[i].Result)),
            new Random(seed), FrechetResamples),
        Sound.Mean([.. measured.Select(m => m.Sound)]),
        PerceptualMetrics.Mean([.. measured.Select(m => m.Perceptual)]),
        measured.Average(m => m.BitsPerSecond))
    {
        Onsets = Mean(measured, m => m.Perceptual.Onsets),
        Tempo = Mean(measured, m => m.Perceptual.Tempo),
        FurthestOctaves = PerceptualMetrics.FurthestOctaves([.. measured.Select(m => m.Perceptual)]),
        Context = measured.All(m => m.Context is not null) ? ContextAgreement.Mean([.. measured.Select(m => m.Context!)]) : null,
    };

    private Estimate Mean(Measured[] measured, Func<Measured, double> of) =>
        Bootstrap.Of(measured.Length, items => items.Average(i => of(measured[i])), new Random(seed));

    private float[,] Embed(float[] samples) => embedding.Embed(
        Resampler.Resample(new AudioBuffer(samples, Excerpt.SampleRate), embedding.SampleRate).Samples);

    private static float[,] Rows(IReadOnlyList<int> items, Func<int, float[,]> of)
    {
        var parts = items.Select(of).ToList();
        var rows = new float[parts.Sum(p => p.GetLength(0)), parts[0].GetLength(1)];
        var at = 0;
        foreach (var part in parts)
        {
            Array.Copy(part, 0, rows, at, part.Length);
            at += part.Length;
        }
        return rows;
    }

    private static Tensor Row(float[] samples) => tensor(samples, [1, samples.Length]);

    private static string Line(Experiment experiment, Outcome outcome)
    {
        var (mel, chroma) = ((outcome.MelLong.Value, outcome.MelShort.Value), outcome.Perceptual.Chroma);
        return FormattableString.Invariant($"{experiment.Name,-10}{outcome.Condition,-32}mel {mel.Item1:0.000} / {mel.Item2:0.000}")
            + FormattableString.Invariant($"  Fréchet {outcome.Frechet.Value:0.000}  chroma {chroma.Value:0.00} ({chroma.Chance:0.00})")
            + FormattableString.Invariant($"  {outcome.BitsPerSecond:0} bit/s");
    }
}
