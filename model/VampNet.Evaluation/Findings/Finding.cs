namespace VampNet.Evaluation.Findings;

/// <summary>Whether something is found here, too.</summary>
public enum Verdict
{
    /// <summary>It is.</summary>
    Yes,

    /// <summary>It is not.</summary>
    No,

    /// <summary>There is nothing here to ask.</summary>
    NotMeasured,
}

/// <summary>Something that the paper found, and what was found here.</summary>
/// <param name="Section">of the paper</param>
/// <param name="Figures">that say so</param>
public sealed record Finding(string Section, string Claim, Verdict Verdict, string Figures)
{
    /// <summary>Whether other excerpts might say otherwise: 95 % intervals of what is compared overlap.</summary>
    public bool IntervalsOverlap { get; init; }
}
