using System.Collections.Concurrent;
using VampNet.Testing;
using VampNet.Training.Measures;
using Xunit;

namespace VampNet.Evaluation.Tests;

[NoTensorLeaks]
public sealed class RenderedPiecesTests
{
    private readonly ConcurrentBag<int> _seeds = [];
    private readonly List<string> _lines = [];

    /// <summary>What is done to samples stands for a model.</summary>
    private sealed class Changed(string name, Func<Excerpt, float[]> change, Context context = default) : Condition(name, context)
    {
        public override Task<Rendition> RenderAsync(Excerpt excerpt, CancellationToken cancellationToken) =>
            Task.FromResult(new Rendition(change(excerpt), 0));
    }

    [Fact]
    public async Task Notes_of_scales_and_of_chords_are_counted_over_several_seeds()
    {
        var outcomes = await RunAsync(
            new Changed("kept", excerpt =>
            {
                _seeds.Add(excerpt.Index);
                return excerpt.Samples;
            }),
            new Changed("noise", excerpt =>
            {
                var random = new Random(excerpt.Index);
                return Array.ConvertAll(excerpt.Samples, _ => random.NextSingle() - 0.5f);
            }),
            new Changed("given whole", excerpt => excerpt.Samples, new Context(5, 0)));
        Assert.Equal(["the pieces themselves", "kept", "noise"], outcomes.Select(o => o.Condition));
        Assert.Equal((new NoteCount(96, 96), new NoteCount(72, 72)), (outcomes[0].Scales, outcomes[0].Chords));
        Assert.Equal((new NoteCount(3 * 96, 3 * 96), new NoteCount(3 * 72, 3 * 72)), (outcomes[1].Scales, outcomes[1].Chords));
        Assert.Equal(Enumerable.Range(0, 27), _seeds.Order());
        var kept = outcomes[1].Perceptual!;
        Assert.Equal((1, 1, 0), (kept.Chroma.Value, kept.Onsets, kept.WorstOctave), Near);
        Assert.True(outcomes[2].Scales.Right < 30 && outcomes[2].Perceptual!.Onsets < 0.3, $"{outcomes[2]}");
        Assert.Equal(2, _lines.Count);

        static bool Near((double, double, double) a, (double, double, double) b) =>
            Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) + Math.Abs(a.Item3 - b.Item3) < 1e-3;
    }

    [Fact]
    public void The_pieces_are_major_minor_and_chords_over_three_octaves()
    {
        var pieces = RenderedPieces.All();
        Assert.Equal(3, pieces.Count(piece => piece.HasChords));
        Assert.Equal([48, 54, 57, 60, 64, 72], pieces.Where(piece => !piece.HasChords).Select(Lowest).Order());
        Assert.Equal([48, 60, 72], pieces.Where(piece => piece.HasChords).Select(Lowest));

        static int Lowest(RenderedPiece piece) => (int)Math.Round(69 + 12 * Math.Log2(piece.Chords[0][0] / 440));
    }

    private Task<IReadOnlyList<RenderedOutcome>> RunAsync(params Condition[] conditions) => RenderedPieces.RunAsync(
        new Experiment("presets", "Presets", null, [.. conditions.Select(c => ((double?)null, c))]), parallel: 2, _lines.Add,
        CancellationToken.None);
}
