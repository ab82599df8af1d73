using VampNet.Core.Prompts;

namespace VampNet.Model.Beats.WaveBeat;

/// <summary>One piece of music on its way through WaveBeat. Reads it twice: the peak is not known before the end.</summary>
/// <param name="pieces">the audio from its start, at the network's rate</param>
/// <param name="sharesPasses">whether it goes together with others</param>
internal sealed class WaveBeatTracking(
    WaveBeatTracker tracker, WaveBeatNetwork network, Func<CancellationToken, IEnumerable<float[]>> pieces,
    bool sharesPasses) : BeatTracking
{
    private readonly List<float> _beats = [], _downbeats = [];
    private IEnumerator<float[]>? _rest;
    private float _peak;
    private BeatTrack? _track;
    private int _piecesLeft = 1;
    private long _samplesLeft;

    /// <summary>What goes through the network next; empty at the end.</summary>
    public float[] Piece { get; private set; } = [];

    /// <summary>After all samples, what the network still holds is pushed out.</summary>
    public bool IsLast { get; private set; }

    public WaveBeatStream Stream { get; } = new(network);

    public override int Frames => Piece.Length / network.Options.Hop + 1;

    public override object? Shape => sharesPasses ? (Piece.Length, IsLast, Stream.Shape) : null;

    public override int PiecesLeft => _piecesLeft;

    public override long FramesLeft => _samplesLeft / network.Options.Hop + _piecesLeft;

    public override BeatTrack Track => _track ?? throw new InvalidOperationException("the music was not read to its end yet");

    /// <summary>How much of a beat and of a downbeat each frame was so far, 0 to 1.</summary>
    public (float[] Beats, float[] Downbeats) Activations => ([.. _beats], [.. _downbeats]);

    public override bool Read(CancellationToken cancellationToken)
    {
        if (_track is not null)
            return false;
        if (_rest is null)
        {
            Survey(cancellationToken);
            if (_peak == 0)
                return End(BeatTrack.None);
            _rest = pieces(cancellationToken).GetEnumerator();
        }
        if (IsLast)
            return End(tracker.Find(Activations));
        IsLast = !_rest.MoveNext();
        Piece = IsLast ? [] : Array.ConvertAll(_rest.Current, sample => sample / _peak);
        return true;
    }

    /// <summary>The piece has gone through the network.</summary>
    /// <param name="beats">of the frames that are complete now</param>
    public void Add(ReadOnlySpan<float> beats, ReadOnlySpan<float> downbeats)
    {
        _beats.AddRange(beats);
        _downbeats.AddRange(downbeats);
        _piecesLeft--;
        _samplesLeft -= Piece.Length;
    }

    public override void Dispose() => _rest?.Dispose();

    private void Survey(CancellationToken cancellationToken)
    {
        foreach (var piece in pieces(cancellationToken))
        {
            _peak = Math.Max(_peak, piece.Max(MathF.Abs));
            _piecesLeft++;
            _samplesLeft += piece.Length;
        }
    }

    private bool End(BeatTrack track)
    {
        (_track, _piecesLeft, _samplesLeft) = (track, 0, 0);
        return false;
    }
}
