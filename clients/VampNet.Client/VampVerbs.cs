using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Client;

/// <summary>What the verbs beside "vamp" make of a request, for everybody who offers them.</summary>
public static class VampVerbs
{
    /// <summary>New music for stretches of a track; the rest stays.</summary>
    /// <param name="config">The request.</param>
    /// <param name="stretches">Where each begins and ends, in seconds from the start.</param>
    public static void Inpaint(this VampConfig config, IEnumerable<(double From, double To)> stretches)
    {
        var regions = stretches.Select(stretch => new Region { FromSeconds = stretch.From, ToSeconds = stretch.To });
        config.Prompt = new Prompt { Not = new Prompt { Regions = new RegionsPrompt { Regions = { regions } } } };
    }

    /// <summary>Music before or after a track; the track stays.</summary>
    /// <param name="config">The request.</param>
    /// <param name="beforeSeconds">How much comes before it, in seconds; 0 = nothing.</param>
    /// <param name="afterSeconds">How much comes after it, in seconds; 0 = nothing.</param>
    public static void Continue(this VampConfig config, double beforeSeconds, double afterSeconds)
    {
        (config.ExtendBeforeSeconds, config.ExtendAfterSeconds) = (beforeSeconds, afterSeconds);
        config.Prompt = new Prompt { All = new AllPrompt() };
    }

    /// <summary>Whether what a request keeps can sound as in the source: nothing changes all of it.</summary>
    /// <param name="config">The request.</param>
    public static bool CanKeepSource(this VampConfig config) => config is { Stretch: 0 or 1, PitchSemitones: 0, TokenStretch: <= 1 };
}
