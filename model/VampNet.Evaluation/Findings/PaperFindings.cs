using System.Globalization;
using VampNet.Evaluation.Metrics;

namespace VampNet.Evaluation.Findings;

/// <summary>
/// What the paper says that it found in sections 4 and 5, and whether it is found here: all of it whose conditions were measured. What
/// its plots show beyond its text is not in here.
/// </summary>
public static class PaperFindings
{
    /// <param name="seconds">of an excerpt</param>
    public static IReadOnlyList<Finding> Of(
        IReadOnlyList<(Experiment Experiment, IReadOnlyList<Outcome> Outcomes)> experiments, double seconds)
    {
        var measured = new MeasuredOutcomes(experiments);
        return [.. StepFindings.Of(measured, seconds), .. PromptFindings.Of(measured), .. BitrateFindings.Of(measured)];
    }
}

/// <summary>Outcomes by the names of their conditions and experiments.</summary>
internal sealed class MeasuredOutcomes
{
    private readonly Dictionary<string, Outcome> _named;
    private readonly Dictionary<string, IReadOnlyList<Outcome>> _experiments;

    public MeasuredOutcomes(IReadOnlyList<(Experiment Experiment, IReadOnlyList<Outcome> Outcomes)> experiments)
    {
        _experiments = experiments.ToDictionary(e => e.Experiment.Name, e => e.Outcomes);
        _named = experiments.SelectMany(e => e.Outcomes).DistinctBy(o => o.Condition).ToDictionary(o => o.Condition);
        Noise = NoiseCurve.Of(_named.Values);
    }

    /// <summary>null = not measured.</summary>
    public NoiseCurve? Noise { get; }

    public IReadOnlyList<Outcome> Experiment(string name) => _experiments.GetValueOrDefault(name) ?? [];

    /// <summary>Those of these conditions that were measured.</summary>
    public IReadOnlyList<Outcome> Some(params IEnumerable<string> conditions) =>
        [.. conditions.Where(_named.ContainsKey).Select(name => _named[name])];

    /// <summary>Outcomes of all of these conditions; null = one was not measured.</summary>
    public IReadOnlyList<Outcome>? All(params IReadOnlyCollection<string> conditions) =>
        Some(conditions) is var found && found.Count == conditions.Count ? found : null;

    /// <summary>The two figures that the paper gives of everything.</summary>
    public static IReadOnlyList<(string Name, Func<Outcome, Estimate> Of)> Figures { get; } =
        [("mel error", o => o.MelLong), ("Fréchet distance", o => o.Frechet)];

    /// <summary>A condition and how much it keeps.</summary>
    public static string Rated(Outcome outcome) =>
        string.Create(CultureInfo.InvariantCulture, $"{outcome.Condition} ({outcome.BitsPerSecond:0} bit/s)");
}
