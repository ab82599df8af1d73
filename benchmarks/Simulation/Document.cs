using VampNet.Simulation.Costs;
using VampNet.Simulation.Scenarios;

namespace VampNet.Simulation;

/// <summary>The page docs/capacity.md: its text is written by hand, and what lies between marks by this program.</summary>
internal static class Document
{
    /// <summary>Makes tables and pictures anew.</summary>
    /// <param name="measured">folder of the measured files</param>
    /// <param name="page">file of the page; pictures go beside it</param>
    /// <param name="only">names of the scenarios; none = all</param>
    public static void Write(string measured, string page, IReadOnlyCollection<string> only)
    {
        var costs = CostCurves.Read(Path.Combine(measured, "costs.csv"));
        (string Name, Func<Section> Run)[] scenarios =
        [
            ("validation", () => Validation.Run(MeasuredRun.Read(measured))), ("hour", () => Sizing.Hour(costs)),
            ("users", () => Sizing.Users(costs)), ("bottleneck", () => Bottleneck.Run(costs)), ("steady", () => Steady.Run(costs)),
            ("autoscaling", () => Autoscaling.Run(costs)), ("zone-loss", () => ZoneLoss.Run(costs)),
            ("retry-storm", () => RetryStorm.Run(costs)),
        ];
        foreach (var (name, run) in scenarios.Where(scenario => only.Count == 0 || only.Contains(scenario.Name)))
        {
            var section = run();
            Console.Error.WriteLine($"{name}\n{section.Table}");
            File.WriteAllText(page, Replace(File.ReadAllText(page), name, section.Table));
            if (section.Picture is { } picture)
                File.WriteAllText(Path.ChangeExtension(page, $"{name}.svg"), picture);
        }
    }

    /// <exception cref="FormatException">the page has no place for it</exception>
    private static string Replace(string text, string name, string table)
    {
        var (begin, end) = ($"<!-- {name} -->\n", "<!-- end -->");
        var from = text.IndexOf(begin, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf(end, from, StringComparison.Ordinal);
        return to < 0
            ? throw new FormatException($"the page has no {begin.TrimEnd()} with {end} after it")
            : $"{text[..(from + begin.Length)]}{table}{text[to..]}";
    }
}
