using System.Text.Json;
using System.Text.Json.Nodes;

namespace VampNet.Training.Runs;

/// <summary>A run's history: one JSON object a line in <c>log.jsonl</c>, and the same as text to whoever listens.</summary>
public sealed class TrainingLog(string folder, Action<string> report, TimeProvider time)
{
    private readonly string _path = Path.Combine(folder, "log.jsonl");

    /// <summary>Writes one line.</summary>
    /// <param name="kind">what it is about: <c>train</c>, <c>validation</c>, <c>start</c></param>
    /// <param name="step">step of the run</param>
    /// <param name="values">what was measured, by name</param>
    public void Write(string kind, long step, params IEnumerable<(string Name, double Value)> values)
    {
        var line = new JsonObject { ["time"] = time.GetUtcNow().ToString("O"), ["kind"] = kind, ["step"] = step };
        foreach (var (name, value) in values)
            line[name] = double.IsFinite(value) ? Math.Round(value, 6) : value.ToString();
        File.AppendAllText(_path, line.ToJsonString(JsonSerializerOptions.Default) + "\n");
        report($"{kind} step {step}  {string.Join("  ", values.Select(v => $"{v.Name} {v.Value:0.####}"))}");
    }
}
