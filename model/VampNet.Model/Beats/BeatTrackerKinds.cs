using VampNet.Core.Prompts;

namespace VampNet.Model.Beats;

/// <summary>Beat trackers, as manifests and configurations name them.</summary>
public static class BeatTrackerKinds
{
    /// <summary>Signal processing, without weights.</summary>
    public const string SpectralFlux = "spectral-flux";

    /// <summary>A network; needs a model package with a part "beats".</summary>
    public const string WaveBeat = "wavebeat";
}
