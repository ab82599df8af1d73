using System.Collections.Concurrent;

namespace VampNet.Services.Inference.Scheduling;

/// <summary>What a frame costs a step of each operation, as it turned out lately: running means of seconds.</summary>
internal sealed class StepCost
{
    // Of the newest batch in the mean: about the last ten count.
    private const double Share = 0.1;

    private readonly ConcurrentDictionary<string, double> _secondsPerFrame = [];

    public void Add(string operation, long frames, TimeSpan elapsed)
    {
        var seconds = elapsed.TotalSeconds / frames;
        _secondsPerFrame.AddOrUpdate(operation, seconds, (_, mean) => mean + Share * (seconds - mean));
    }

    /// <summary>How long work will take; zero while nothing is known.</summary>
    public TimeSpan Estimate(string operation, long frameSteps) =>
        TimeSpan.FromSeconds(frameSteps * _secondsPerFrame.GetValueOrDefault(operation));
}
