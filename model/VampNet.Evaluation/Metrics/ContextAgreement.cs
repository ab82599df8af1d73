using VampNet.Training.Measures;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Metrics;

/// <summary>Whether what was generated goes with the music that was given beside it.</summary>
/// <param name="Outside">agreement of the notes in the part that was given, which the codec alone changes</param>
/// <param name="PitchClasses">correlation of the pitch classes of what was generated, on the whole, and of the part that was given</param>
/// <param name="Music">the same of the music itself: how far its own parts agree</param>
public sealed record ContextAgreement(ChromaAgreement Outside, double PitchClasses, double Music)
{
    /// <param name="given">of the music: mono, at least a window of 8192 samples</param>
    /// <param name="kept">what became of it: as many samples</param>
    /// <param name="hidden">of the music: what was not given, at least a window</param>
    /// <param name="generated">in its place: as many samples</param>
    public static ContextAgreement Of(float[] given, float[] kept, float[] hidden, float[] generated, int sampleRate)
    {
        using var scope = NewDisposeScope();
        var context = tensor(given);
        return new ContextAgreement(
            ChromaAgreement.Between(context, tensor(kept), sampleRate),
            ChromaAgreement.OnTheWhole(context, tensor(generated), sampleRate),
            ChromaAgreement.OnTheWhole(context, tensor(hidden), sampleRate));
    }

    /// <summary>The mean of each figure.</summary>
    public static ContextAgreement Mean(IReadOnlyCollection<ContextAgreement> agreements) => new(
        ChromaAgreement.Mean([.. agreements.Select(a => a.Outside)]),
        agreements.Average(a => a.PitchClasses),
        agreements.Average(a => a.Music));
}
