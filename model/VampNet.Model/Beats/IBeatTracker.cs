using NAudio.Wave;
using VampNet.Audio;
using VampNet.Core.Prompts;

namespace VampNet.Model.Beats;

/// <summary>Finds the beats of mono audio of any length. Reads it in pieces: memory grows by some features a second only.</summary>
public interface IBeatTracker
{
    /// <summary>One of <see cref="BeatTrackerKinds"/>.</summary>
    string Kind { get; }

    /// <summary>Music that is to be tracked; nothing is read yet.</summary>
    /// <param name="open">mono audio from its start, at least 1 kHz; called more than once where a tracker reads more than once</param>
    BeatTracking Begin(Func<ISampleProvider> open);

    /// <summary>Takes the piece that each has read through the network. What becomes of one does not depend on the others.</summary>
    /// <param name="trackings">of equal shapes; <see cref="BeatTracking.Read"/> said of each that it has a piece</param>
    void Advance(IReadOnlyList<BeatTracking> trackings);
}

/// <summary>
/// Music on its way through a tracker: <see cref="Read"/> and <see cref="IBeatTracker.Advance"/> by turns, until there is no
/// more to read.
/// </summary>
public abstract class BeatTracking : IDisposable
{
    /// <summary>Reads on, and computes what needs no network; on any thread.</summary>
    /// <param name="cancellationToken">looked at every few seconds of audio</param>
    /// <returns>true if there is a piece for the network; false at the end</returns>
    public abstract bool Read(CancellationToken cancellationToken);

    /// <summary>Frames of the network's output that the piece makes, about.</summary>
    public abstract int Frames { get; }

    /// <summary>Pieces of equal shapes can go through the network together; null = only alone.</summary>
    public abstract object? Shape { get; }

    /// <summary>Pieces that are left, this one included.</summary>
    public abstract int PiecesLeft { get; }

    /// <summary>Frames of all those pieces, about.</summary>
    public abstract long FramesLeft { get; }

    /// <summary>What was found, once there is no more to read.</summary>
    public abstract BeatTrack Track { get; }

    public abstract void Dispose();
}

/// <summary>Tracking by itself.</summary>
public static class BeatTrackerExtensions
{
    /// <inheritdoc cref="IBeatTracker.Begin"/>
    /// <inheritdoc cref="BeatTracking.Read"/>
    public static BeatTrack Track(this IBeatTracker tracker, Func<ISampleProvider> open, CancellationToken cancellationToken = default)
    {
        using var tracking = tracker.Begin(open);
        while (tracking.Read(cancellationToken))
            tracker.Advance([tracking]);
        return tracking.Track;
    }

    /// <param name="audio">mono</param>
    public static BeatTrack Track(this IBeatTracker tracker, AudioBuffer audio) => tracker.Track(audio.ToSampleProvider);
}

/// <summary>Beat trackers, as manifests and configurations name them.</summary>
public static class BeatTrackerKinds
{
    /// <summary>Signal processing, without weights.</summary>
    public const string SpectralFlux = "spectral-flux";

    /// <summary>A network; needs a model package with a part "beats".</summary>
    public const string WaveBeat = "wavebeat";
}

/// <summary>What trackers ask of their input.</summary>
internal static class MonoInput
{
    private const int LowestRate = 1_000;

    /// <summary>The provider, if it is one that trackers take.</summary>
    /// <exception cref="ArgumentException">it is not mono, or below 1 kHz</exception>
    public static ISampleProvider Checked(this ISampleProvider audio)
    {
        var format = audio.WaveFormat;
        return format is { Channels: 1, SampleRate: >= LowestRate }
            ? audio
            : throw new ArgumentException(
                $"beats are tracked in mono of at least {LowestRate} Hz, not in {format.Channels} channels of {format.SampleRate} Hz",
                nameof(audio));
    }

    /// <summary>Fills the span from the provider as far as it goes.</summary>
    /// <returns>samples read; fewer than asked for only at the end</returns>
    public static int Fill(this ISampleProvider audio, float[] buffer, int offset, int count)
    {
        var filled = 0;
        while (filled < count && audio.Read(buffer.AsSpan(offset + filled, count - filled)) is var read and > 0)
            filled += read;
        return filled;
    }
}
