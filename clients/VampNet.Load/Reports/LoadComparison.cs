namespace VampNet.Load.Reports;

/// <summary>A figure of two reports.</summary>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Before">In the older one.</param>
/// <param name="Now">In the newer one.</param>
/// <param name="IsWorse">By more than the tolerance.</param>
public sealed record ComparedFigure(string Name, double Before, double Now, bool IsWorse);

/// <summary>Whether one run is worse than another of the same kind.</summary>
/// <param name="Figures">All figures that were compared.</param>
public sealed record LoadComparison(IReadOnlyList<ComparedFigure> Figures)
{
    /// <summary>Those that became worse, in words; empty: none did.</summary>
    public IReadOnlyList<string> Regressions =>
    [
        .. Figures.Where(figure => figure.IsWorse)
            .Select(figure => FormattableString.Invariant($"{figure.Name}: {figure.Now:0.###}, was {figure.Before:0.###}")),
    ];

    /// <summary>Compares two reports.</summary>
    /// <param name="before">The older one.</param>
    /// <param name="now">The newer one.</param>
    /// <param name="tolerance">By which share a figure may be worse, such as 0.1; errors by so much of all calls.</param>
    /// <exception cref="InvalidDataException">they are of different kinds: nothing would follow from a difference</exception>
    public static LoadComparison Of(LoadReport before, LoadReport now, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(now);
        if (before.Settings != now.Settings || before.Saturation is null != now.Saturation is null)
            throw new InvalidDataException($"is of another kind of run: {before.Settings} instead of {now.Settings}");
        if (before.Saturation is { } old && now.Saturation is { } latest)
            return new([Higher("knee, calls/s", old.KneeRate ?? 0, latest.KneeRate ?? 0)]);

        var (was, result) = (before.Result, now.Result);
        List<ComparedFigure> figures =
        [
            Higher("calls/s", was.CallsPerSecond, result.CallsPerSecond),
            Higher("music s/s", was.MusicPerSecond, result.MusicPerSecond),
            Lower("p50, s", was.Latency.P50, result.Latency.P50),
            Lower("p90, s", was.Latency.P90, result.Latency.P90),
            Lower("p99, s", was.Latency.P99, result.Latency.P99),
            new("errors, share of calls", was.ErrorShare, result.ErrorShare, result.ErrorShare > was.ErrorShare + tolerance),
        ];
        if (was.First.Count > 0)
            figures.Add(Lower("first result p50, s", was.First.P50, result.First.P50));
        if (was.Fairness is { } fairness)
            figures.Add(Higher("fairness", fairness, result.Fairness ?? 0));
        return new(figures);

        ComparedFigure Higher(string name, double old, double latest) => new(name, old, latest, latest < old * (1 - tolerance));

        ComparedFigure Lower(string name, double old, double latest) => new(name, old, latest, latest > old * (1 + tolerance));
    }
}
