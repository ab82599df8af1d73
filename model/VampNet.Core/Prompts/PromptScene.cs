using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts;

/// <summary>What the mask of a prompt is built from.</summary>
/// <param name="Codebooks">How many codebooks the codec has, at least 1.</param>
/// <param name="Frames">The length of the audio in frames, at least 0.</param>
/// <param name="Rate">The frame rate of the codec.</param>
/// <param name="Seed">The seed of the request: what a prompt leaves to chance is the same for the same seed.</param>
/// <param name="Rhythm">Beats and onsets of the audio; they are only read if <see cref="Prompt.Needs"/> says so.</param>
public sealed record PromptScene(int Codebooks, int Frames, FrameRate Rate, ulong Seed = 0, Rhythm? Rhythm = null);

/// <summary>What of the audio, besides its length, a prompt needs to know.</summary>
[Flags]
public enum PromptNeeds
{
    /// <summary>The length is enough.</summary>
    Nothing = 0,

    /// <summary><see cref="Rhythm.Beats"/>.</summary>
    Beats = 1,

    /// <summary><see cref="Rhythm.OnsetTimes"/>.</summary>
    Onsets = 2,
}

/// <summary>Where something happens in a piece of music.</summary>
/// <param name="Beats">The beats; <see cref="BeatTrack.None"/> where there are none.</param>
/// <param name="OnsetTimes">The sudden rises of the spectrum, in seconds, ascending.</param>
public sealed record Rhythm(BeatTrack Beats, IReadOnlyList<double> OnsetTimes);

/// <summary>Beats of a piece of music.</summary>
/// <param name="BeatTimes">The beats, in seconds, ascending.</param>
/// <param name="DownbeatTimes">The beats that start a bar, in seconds, ascending; empty where the tracker cannot tell.</param>
/// <param name="Tempo">The tempo in beats per minute; 0 where no beat was found.</param>
public sealed record BeatTrack(IReadOnlyList<double> BeatTimes, IReadOnlyList<double> DownbeatTimes, double Tempo)
{
    /// <summary>No beats at all.</summary>
    public static BeatTrack None { get; } = new([], [], 0);
}
