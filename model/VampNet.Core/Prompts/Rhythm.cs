namespace VampNet.Core.Prompts;

/// <summary>Where something happens in a piece of music.</summary>
/// <param name="Beats"><see cref="BeatTrack.None"/> where there are none</param>
/// <param name="OnsetTimes">sudden rises of the spectrum, in seconds, ascending</param>
public sealed record Rhythm(BeatTrack Beats, IReadOnlyList<double> OnsetTimes);

/// <summary>Beats of a piece of music.</summary>
/// <param name="BeatTimes">beat times in seconds, ascending</param>
/// <param name="DownbeatTimes">where bars start, in seconds, ascending; empty where the tracker cannot tell</param>
/// <param name="Tempo">beats per minute; 0 where no beat was found</param>
public sealed record BeatTrack(IReadOnlyList<double> BeatTimes, IReadOnlyList<double> DownbeatTimes, double Tempo)
{
    /// <summary>No beats at all.</summary>
    public static BeatTrack None { get; } = new([], [], 0);
}
