using VampNet.Core.Sampling;

namespace VampNet.Model.Sampling;

/// <summary>
/// Hidden tokens of one codebook that are drawn in the same way, of all sequences of a batch: only these go through the
/// classifier, and they do so together.
/// </summary>
internal sealed class HiddenTokens
{
    private readonly (int Sequence, int Index)[] _positions;

    private HiddenTokens(Kind kind, IReadOnlyList<Position> positions)
    {
        (Options, Draws, Codebook) = (kind.Options, kind.Draws, kind.Codebook);
        Frames = [.. positions.Select(position => position.Frame)];
        Uniform = [.. positions.Select(position => position.Uniform)];
        _positions = [.. positions.Select(position => (position.Sequence, position.Index))];
    }

    /// <summary>What tokens of one group have in common.</summary>
    private readonly record struct Kind(SamplingOptions Options, bool Draws, int Codebook);

    /// <param name="Frame">in the batch</param>
    /// <param name="Uniform">the random number that draws it</param>
    /// <param name="Index">among the hidden tokens of its sequence</param>
    private readonly record struct Position(long Frame, float Uniform, int Sequence, int Index);

    /// <summary>Number among the predicted codebooks.</summary>
    public int Codebook { get; }

    /// <summary>How they are drawn; other settings say nothing.</summary>
    public SamplingOptions Options { get; }

    /// <summary>Whether they are drawn at all; otherwise the most likely ones are taken.</summary>
    public bool Draws { get; }

    /// <summary>Where they are, one frame a token, in the frames of the batch.</summary>
    public long[] Frames { get; }

    /// <summary>A random number for each.</summary>
    public float[] Uniform { get; }

    /// <summary>All hidden tokens of a batch.</summary>
    /// <param name="batch">sequences whose frames follow each other</param>
    /// <param name="most">tokens of a group</param>
    public static List<HiddenTokens> Of(IReadOnlyList<DecodingState> batch, int most)
    {
        var alike = new Dictionary<Kind, List<Position>>();
        var firstFrame = 0L;
        for (var sequence = 0; sequence < batch.Count; sequence++)
        {
            var state = batch[sequence];
            var numbers = new float[state.Positions];
            state.Random.Uniform(RandomPurpose.Token, state.Step, 0, numbers);
            // What says how a token is drawn, and nothing else, so that sequences of different lengths go together.
            var options = state.Options with { Steps = 1, MaskTemperature = 0, SampleCutoff = 0 };
            var codebooks = Enumerable.Range(0, state.PredictedCodebooks)
                .Select(codebook => PositionsOf(new Kind(options, state.Draws, codebook))).ToArray();
            var hidden = state.HiddenPositions();
            for (var i = 0; i < hidden.Length; i++)
            {
                var (frame, codebook) = Math.DivRem(hidden[i], state.PredictedCodebooks);
                codebooks[codebook].Add(new Position(firstFrame + frame, numbers[hidden[i]], sequence, i));
            }
            firstFrame += state.Frames;
        }
        return [.. alike.SelectMany(group => group.Value.Chunk(most).Select(positions => new HiddenTokens(group.Key, positions)))];

        List<Position> PositionsOf(Kind kind)
        {
            if (!alike.TryGetValue(kind, out var positions))
                alike.Add(kind, positions = []);
            return positions;
        }
    }

    /// <summary>Gives the tokens of all groups, one group after the other, to their sequences: each makes a step.</summary>
    public static void Advance(
        IReadOnlyList<DecodingState> batch, IReadOnlyList<HiddenTokens> groups, ReadOnlySpan<long> codes, ReadOnlySpan<float> probabilities)
    {
        var drawn = batch.Select(
            state => (Codes: new long[state.HiddenPositions().Length], Probabilities: new float[state.HiddenPositions().Length])).ToArray();
        var at = 0;
        foreach (var (sequence, index) in groups.SelectMany(group => group._positions))
        {
            (drawn[sequence].Codes[index], drawn[sequence].Probabilities[index]) = (codes[at], probabilities[at]);
            at++;
        }
        for (var sequence = 0; sequence < batch.Count; sequence++)
            batch[sequence].Advance(batch[sequence].HiddenPositions(), drawn[sequence].Codes, drawn[sequence].Probabilities);
    }
}
