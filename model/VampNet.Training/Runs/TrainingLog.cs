using System.Text.Json;
using System.Text.Json.Nodes;

namespace VampNet.Training.Runs;

/// <summary>
/// A run's history: one JSON object a line in <c>log.jsonl</c>, and the same as text, with the time it will take, to whoever listens.
/// </summary>
public sealed class TrainingLog(string folder, Action<string> report, TimeProvider time)
{
    public const string FileName = "log.jsonl";

    private readonly string _path = Path.Combine(folder, FileName);
    private long _firstStep, _steps, _started;

    /// <summary>A run begins, or goes on, after <paramref name="step"/> of <paramref name="steps"/> steps.</summary>
    public void Start(long step, long steps, long parameters)
    {
        (_firstStep, _steps, _started) = (step, steps, time.GetTimestamp());
        if (File.Exists(_path) && !File.ReadAllText(_path).EndsWith('\n')) // a crash has cut the last line short
            File.AppendAllText(_path, "\n");
        Write("start", step, [("parameters", parameters)]);
    }

    /// <summary>Writes one line.</summary>
    /// <param name="kind">what it is about: <c>train</c>, <c>validation</c>, <c>start</c></param>
    /// <param name="step">step of the run</param>
    /// <param name="values">what was measured, by name</param>
    public void Write(string kind, long step, IReadOnlyList<(string Name, double Value)> values)
    {
        var line = new JsonObject { ["time"] = time.GetUtcNow().ToString("O"), ["kind"] = kind, ["step"] = step };
        foreach (var (name, value) in values)
            line[name] = double.IsFinite(value) ? Math.Round(value, 6) : value.ToString();
        File.AppendAllText(_path, line.ToJsonString(JsonSerializerOptions.Default) + "\n");
        report($"{kind} step {step}  {string.Join("  ", values.Select(v => $"{v.Name} {v.Value:0.####}"))}{Progress(step)}");
    }

    private string Progress(long step)
    {
        var (done, seconds) = (step - _firstStep, time.GetElapsedTime(_started).TotalSeconds);
        if (done <= 0 || seconds <= 0)
            return "";
        var left = TimeSpan.FromSeconds((_steps - step) * seconds / done);
        return $"  ({100 * step / _steps} %, {done / seconds:0.##} steps/s, {(int)left.TotalHours}:{left:mm\\:ss} left)";
    }
}
