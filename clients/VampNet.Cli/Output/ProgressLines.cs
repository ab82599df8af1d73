using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Output;

/// <summary>
/// Progress in plain lines, for logs: the first after half a minute, so that short work says nothing, and then as often.
/// </summary>
internal sealed class ProgressLines(TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);

    private readonly Dictionary<(Stage Stage, uint Variation), VampProgress> _last = [];
    private readonly Dictionary<Stage, long> _begun = [];
    private long _said = time.GetTimestamp();

    public void Report(VampResponse response)
    {
        var stage = response.Progress.Stage;
        _begun.TryAdd(stage, time.GetTimestamp());
        _last[(stage, response.Variation)] = response.Progress;
        if (time.GetElapsedTime(_said) < s_interval)
            return;
        _said = time.GetTimestamp();
        var progress = _last.Where(pair => pair.Key.Stage == stage).Select(pair => pair.Value).ToList();
        var done = progress.Sum(p => (double)p.Step) / Math.Max(1, progress.Sum(p => (double)p.Steps));
        var left = done > 0 ? $", {time.GetElapsedTime(_begun[stage]).TotalSeconds * (1 - done) / done:0} s left" : "";
        output.WriteLine($"{VampDisplay.Name(stage)} {100 * done:0} %{left}");
    }
}
