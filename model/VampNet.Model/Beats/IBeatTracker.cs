namespace VampNet.Model.Beats;

/// <summary>Beats of a piece of music.</summary>
/// <param name="BeatTimes">beat times in seconds, ascending</param>
/// <param name="DownbeatTimes">the beats that start a bar, in seconds, ascending; empty where the tracker cannot tell</param>
/// <param name="Tempo">beats per minute; 0 where no beat was found</param>
public sealed record BeatTrack(IReadOnlyList<double> BeatTimes, IReadOnlyList<double> DownbeatTimes, double Tempo);

/// <summary>Finds the beats of mono audio.</summary>
public interface IBeatTracker
{
    /// <param name="audio">mono samples</param>
    /// <param name="sampleRate">in Hz</param>
    BeatTrack Track(ReadOnlySpan<float> audio, int sampleRate);
}
