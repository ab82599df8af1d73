using VampNet.Evaluation.Metrics;
using VampNet.Training.Measures;

namespace VampNet.Evaluation;

/// <summary>What became of music whose every note is known.</summary>
/// <param name="Right">notes within half a semitone of what they were</param>
/// <param name="Notes">in all</param>
/// <param name="Perceptual">means over the pieces</param>
public sealed record RenderedOutcome(string Condition, int Right, int Notes, PerceptualMetrics Perceptual);

/// <summary>Major scales in three octaves and two keys, played by a plain synthetic instrument: no music of any training.</summary>
public static class RenderedPieces
{
    private static readonly int[] s_lowest = [48, 60, 72, 54]; // C3, C4, C5, F♯3

    /// <param name="report">called with a line a condition</param>
    public static async Task<IReadOnlyList<RenderedOutcome>> RunAsync(
        Experiment experiment, Action<string> report, CancellationToken cancellationToken)
    {
        var scales = Array.ConvertAll(s_lowest, lowest => RenderedScale.Major(lowest, Excerpt.SampleRate));
        var outcomes = new List<RenderedOutcome>();
        foreach (var condition in experiment.Conditions.Select(c => c.Condition))
        {
            var (right, heard) = (0, new List<PerceptualMetrics>());
            foreach (var (index, scale) in scales.Index())
            {
                var rendition = await condition.RenderAsync(new Excerpt(index, "rendered", scale.Samples), cancellationToken);
                right += scale.CountRight(rendition.Samples, Excerpt.SampleRate);
                heard.Add(PerceptualMetrics.Of(scale.Samples, rendition.Samples, Excerpt.SampleRate, Excerpt.Hop));
            }
            var (notes, mean) = (scales.Sum(scale => scale.Frequencies.Count), PerceptualMetrics.Mean(heard));
            outcomes.Add(new RenderedOutcome(condition.Name, right, notes, mean));
            report(FormattableString.Invariant($"rendered  {condition.Name,-28}{right} of {notes} notes  chroma {mean.Chroma.Value:0.00}"));
        }
        return outcomes;
    }
}
