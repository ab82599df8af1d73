using System.Text.Json;
using System.Text.Json.Nodes;
using VampNet.Training.Runs;

namespace VampNet.Training.Plots;

/// <summary>The curves of training runs, from their logs: a diagram for every figure.</summary>
public static class RunPlot
{
    private const int FewPoints = 30;

    /// <summary>
    /// One diagram a figure that was taken while training, then one for every group of validation figures (<c>loss@0.3</c>,
    /// <c>loss@0.9</c>).
    /// </summary>
    /// <param name="folders">run folders; the curves of several are drawn over one another</param>
    /// <exception cref="InvalidDataException">a folder has no log, or there is nothing in the logs to draw</exception>
    public static IReadOnlyList<Chart> Draw(IReadOnlyList<string> folders)
    {
        var points = folders.SelectMany(
            folder => Read(folder).Select(point => (Run: Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), Point: point)))
            .ToArray();
        if (points.Length == 0)
            throw new InvalidDataException($"nothing to draw in the logs of {string.Join(", ", folders)}");
        return [.. points.GroupBy(p => (p.Point.Kind, Group: p.Point.Name.Split('@')[0])).Select(group => new Chart(
            $"{group.Key.Group} ({group.Key.Kind})", "step", group.Key.Group,
            [.. group.GroupBy(p => (p.Run, p.Point.Name)).Select(curve => new Curve(
                folders.Count == 1 ? curve.Key.Name : $"{curve.Key.Run} {curve.Key.Name}",
                [.. curve.Select(p => new CurvePoint(p.Point.Step, p.Point.Value))]) { IsMarked = curve.Count() < FewPoints })]))];
    }

    /// <summary>Every number of a log, training first, by step. Where a run was resumed, the last word on a step counts.</summary>
    private static IEnumerable<(string Kind, string Name, long Step, double Value)> Read(string folder)
    {
        var path = Path.Combine(folder, TrainingLog.FileName);
        if (!File.Exists(path))
            throw new InvalidDataException($"{folder} is no run folder: it has no {TrainingLog.FileName}");
        var figures = new Dictionary<(string Kind, string Name, long Step), double>();
        foreach (var line in File.ReadLines(path).Select(Parse).OfType<JsonObject>())
        {
            if (line["kind"]?.ToString() is not ("train" or "validation") || line["step"] is not JsonValue step
                || !step.TryGetValue(out long number))
                continue;
            foreach (var (name, value) in line.Where(p => p.Key != "step"))
            {
                if (value is JsonValue figure && figure.TryGetValue(out double y))
                    figures[(line["kind"]!.ToString(), name, number)] = y;
            }
        }
        return figures.OrderBy(f => f.Key.Kind, StringComparer.Ordinal).ThenBy(f => f.Key.Step)
            .Select(f => (f.Key.Kind, f.Key.Name, f.Key.Step, f.Value));
    }

    /// <summary>null for what a crash has cut short.</summary>
    private static JsonNode? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
