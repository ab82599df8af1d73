namespace VampNet.Model.Beats;

/// <summary>Where something happens in a piece of music.</summary>
/// <param name="OnsetTimes">sudden rises of the spectrum, in seconds, ascending</param>
public sealed record Rhythm(BeatTrack Beats, IReadOnlyList<double> OnsetTimes);
