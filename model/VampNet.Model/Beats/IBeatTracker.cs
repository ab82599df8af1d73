using NAudio.Wave;
using VampNet.Audio;

namespace VampNet.Model.Beats;

/// <summary>Beats of a piece of music.</summary>
/// <param name="BeatTimes">beat times in seconds, ascending</param>
/// <param name="DownbeatTimes">where bars start, in seconds, ascending; empty where the tracker cannot tell</param>
/// <param name="Tempo">beats per minute; 0 where no beat was found</param>
public sealed record BeatTrack(IReadOnlyList<double> BeatTimes, IReadOnlyList<double> DownbeatTimes, double Tempo)
{
    /// <summary>No beats at all.</summary>
    public static BeatTrack None { get; } = new([], [], 0);
}

/// <summary>Finds the beats of mono audio of any length. Reads it in pieces: memory grows by some features a second only.</summary>
public interface IBeatTracker
{
    /// <summary>One of <see cref="BeatTrackerKinds"/>.</summary>
    string Kind { get; }

    /// <param name="open">mono audio from its start, at least 1 kHz; called more than once where a tracker reads more than once</param>
    /// <param name="cancellationToken">looked at every few seconds of audio</param>
    BeatTrack Track(Func<ISampleProvider> open, CancellationToken cancellationToken = default);
}

/// <summary>Tracking of audio in memory.</summary>
public static class BeatTrackerExtensions
{
    /// <param name="audio">mono</param>
    public static BeatTrack Track(this IBeatTracker tracker, AudioBuffer audio) => tracker.Track(audio.ToSampleProvider);
}
