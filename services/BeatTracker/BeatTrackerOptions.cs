using VampNet.Core.Prompts;
using VampNet.Model.Beats;

namespace VampNet.Services.BeatTracker;

/// <summary>Which tracker finds the beats (configuration section "BeatTracker").</summary>
public sealed class BeatTrackerOptions
{
    public const string Section = "BeatTracker";

    /// <summary>WaveBeat where the model package has it, signal processing otherwise.</summary>
    public const string Auto = "auto";

    /// <summary><see cref="Auto"/>, or one of <see cref="BeatTrackerKinds"/>.</summary>
    public string Kind { get; set; } = Auto;
}
