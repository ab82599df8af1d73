using System.Globalization;

namespace VampNet.Simulation.Costs;

/// <summary>
/// What operations cost, as measured: the file <c>costs.csv</c> has a line an operation, length and batch. Between measured lengths
/// costs are interpolated, beyond the longest they grow as between the last two; a batch costs as much a sequence as the largest measured
/// one that is not larger.
/// </summary>
internal sealed class CostCurves
{
    public const string Header = "operation,frames,batch,wall_ms,processor_ms";

    private readonly Dictionary<string, SortedList<int, SortedList<int, Cost>>> _curves = []; // by operation, batch and frames

    private CostCurves()
    {
    }

    public static CostCurves Read(string path) => Parse(File.ReadAllLines(path));

    /// <param name="lines">the header first</param>
    /// <exception cref="FormatException">names the line that is not as it should be, or what is missing</exception>
    public static CostCurves Parse(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0 || lines[0] != Header)
            throw new FormatException($"line 1: expected {Header}");
        var curves = new CostCurves();
        for (var i = 1; i < lines.Count; i++)
            curves.Add(i + 1, lines[i]);
        foreach (var (operation, batches) in curves._curves)
        {
            if (batches.Keys[0] != 1)
                throw new FormatException($"{operation}: no line for batch 1");
            foreach (var (batch, costs) in batches)
            {
                if (costs.Count < 2)
                    throw new FormatException($"{operation}, batch {batch}: expected at least two lengths");
            }
        }
        return curves;
    }

    /// <summary>One call for sequences of these lengths: each costs what it would among as many of its own length.</summary>
    /// <returns>seconds of the device</returns>
    /// <exception cref="ArgumentException">the operation was not measured</exception>
    public double Wall(string operation, params IReadOnlyList<int> frames) => Sum(operation, frames, cost => cost.Wall);

    /// <inheritdoc cref="Wall"/>
    /// <returns>seconds of the processor, all cores together</returns>
    public double Processor(string operation, params IReadOnlyList<int> frames) => Sum(operation, frames, cost => cost.Processor);

    /// <summary>The same curves on devices that are so many times as fast, by operation.</summary>
    public CostCurves Faster(Func<string, double> times)
    {
        var faster = new CostCurves();
        foreach (var (operation, batches) in _curves)
        {
            faster._curves[operation] = [];
            foreach (var (batch, costs) in batches)
            {
                faster._curves[operation][batch] = [];
                foreach (var (frames, cost) in costs)
                    faster._curves[operation][batch][frames] = new Cost(cost.Wall / times(operation), cost.Processor / times(operation));
            }
        }
        return faster;
    }

    private double Sum(string operation, IReadOnlyList<int> frames, Func<Cost, double> kind)
    {
        if (!_curves.TryGetValue(operation, out var batches))
            throw new ArgumentException($"{operation} was not measured", nameof(operation));
        var batch = batches.Keys.Last(size => size <= frames.Count);
        return frames.Sum(length => At(batches[batch], length, kind) / batch);
    }

    private static double At(SortedList<int, Cost> costs, int frames, Func<Cost, double> kind)
    {
        var above = 1;
        while (above < costs.Count - 1 && costs.Keys[above] < frames)
            above++;
        var (x0, x1) = (costs.Keys[above - 1], costs.Keys[above]);
        var (y0, y1) = (kind(costs.Values[above - 1]), kind(costs.Values[above]));
        // Below the shortest the line may cross zero: nothing is free.
        return Math.Max(y0 + (y1 - y0) * (frames - x0) / (x1 - x0), Math.Min(y0, y1) * frames / x1);
    }

    private void Add(int line, string text)
    {
        var fields = text.Split(',');
        if (fields.Length != 5 || fields[0].Length == 0)
            throw new FormatException($"line {line}: expected {Header}");
        var (operation, frames, batch) = (fields[0], Count(line, fields[1]), Count(line, fields[2]));
        if (!_curves.TryGetValue(operation, out var batches))
            _curves[operation] = batches = [];
        if (!batches.TryGetValue(batch, out var costs))
            batches[batch] = costs = [];
        if (!costs.TryAdd(frames, new Cost(Milliseconds(line, fields[3]), Milliseconds(line, fields[4]))))
            throw new FormatException($"line {line}: {operation} of {frames} frames in a batch of {batch} is there twice");
    }

    private static int Count(int line, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new FormatException($"line {line}: \"{text}\" is no number of frames or sequences");

    private static double Milliseconds(int line, string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var time) && time > 0
            ? time / 1e3
            : throw new FormatException($"line {line}: \"{text}\" is no time above 0");

    private readonly record struct Cost(double Wall, double Processor);
}
