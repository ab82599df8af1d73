using VampNet.Evaluation.Metrics;
using VampNet.Training.Measures;

namespace VampNet.Evaluation;

/// <summary>What became of music whose every note is known.</summary>
/// <param name="Scales">notes of scales</param>
/// <param name="Chords">notes of chords</param>
/// <param name="Perceptual">means over the pieces; null = of the pieces themselves</param>
public sealed record RenderedOutcome(string Condition, NoteCount Scales, NoteCount Chords, PerceptualMetrics? Perceptual);

/// <summary>Notes that are right, within half a semitone of what they were.</summary>
/// <param name="Of">in all</param>
public readonly record struct NoteCount(int Right, int Of);

/// <summary>
/// Scales and triads over three octaves, major and minor, played by a plain synthetic instrument: no music of any training. What is
/// generated depends on chance, so each piece is sent several times with other seeds.
/// </summary>
public static class RenderedPieces
{
    private const int Seeds = 3;
    private static readonly int[] s_major = [48, 60, 72, 54], s_minor = [57, 64], s_triads = [48, 60, 72]; // C3, C4, C5, F♯3; A3, E4

    /// <summary>In words, for the report.</summary>
    public static string Description =>
        "Major scales on C3, C4, C5 and F♯3, natural minor ones on A3 and E4, up and down, and the triads of C major upwards from C3, C4 "
            + $"and C5: a plain synthetic tone, 0.6 s a note or chord, each piece with {Seeds} seeds. Right is what sounds within half a "
            + "semitone; three pitches are looked for in a chord. The first row is what that finds in the pieces themselves.";

    /// <param name="parallel">pieces at work at once</param>
    /// <param name="report">called with a line a condition</param>
    public static async Task<IReadOnlyList<RenderedOutcome>> RunAsync(
        Experiment experiment, int parallel, Action<string> report, CancellationToken cancellationToken)
    {
        var pieces = All();
        List<RenderedOutcome> outcomes = [Count("the pieces themselves", [.. pieces.Select(p => (p, p.Samples))], null)];
        // Where a stretch is given whole, notes say nothing about what is generated.
        foreach (var condition in experiment.Conditions.Select(c => c.Condition).Where(c => c.Context.IsEmpty))
        {
            var results = new (RenderedPiece Piece, float[] Samples)[Seeds * pieces.Count];
            await Parallel.ForAsync(0, results.Length, new ParallelOptions
            {
                MaxDegreeOfParallelism = parallel,
                CancellationToken = cancellationToken,
            }, async (number, stop) =>
            {
                var piece = pieces[number % pieces.Count]; // its number is the seed
                results[number] = (piece, (await condition.RenderAsync(new Excerpt(number, "rendered", piece.Samples), stop)).Samples);
            });
            var heard = results.Select(r => PerceptualMetrics.Of(r.Piece.Samples, r.Samples, Excerpt.SampleRate, Excerpt.Hop));
            outcomes.Add(Count(condition.Name, results, PerceptualMetrics.Mean([.. heard])));
            report(Line(outcomes[^1]));
        }
        return outcomes;
    }

    /// <summary>Those that are sent.</summary>
    internal static IReadOnlyList<RenderedPiece> All() =>
    [
        .. s_major.Select(lowest => RenderedPiece.MajorScale(lowest, Excerpt.SampleRate)),
        .. s_minor.Select(lowest => RenderedPiece.MinorScale(lowest, Excerpt.SampleRate)),
        .. s_triads.Select(lowest => RenderedPiece.Triads(lowest, Excerpt.SampleRate)),
    ];

    private static RenderedOutcome Count(
        string condition, IReadOnlyList<(RenderedPiece Piece, float[] Samples)> results, PerceptualMetrics? heard)
    {
        return new RenderedOutcome(
            condition, Of(results.Where(r => !r.Piece.HasChords)), Of(results.Where(r => r.Piece.HasChords)), heard);

        static NoteCount Of(IEnumerable<(RenderedPiece Piece, float[] Samples)> some) => some.Aggregate(
            default(NoteCount),
            (sum, one) => new(sum.Right + one.Piece.CountRight(one.Samples, Excerpt.SampleRate), sum.Of + one.Piece.Notes));
    }

    private static string Line(RenderedOutcome outcome)
    {
        var ((scales, ofScales), (chords, ofChords)) = (outcome.Scales, outcome.Chords);
        return FormattableString.Invariant($"rendered  {outcome.Condition,-32}{scales} of {ofScales} notes of scales, ")
            + FormattableString.Invariant($"{chords} of {ofChords} of chords  chroma {outcome.Perceptual!.Chroma.Value:0.00}");
    }
}
