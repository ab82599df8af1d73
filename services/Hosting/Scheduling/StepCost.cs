namespace VampNet.Services.Hosting.Scheduling;

/// <summary>What a frame costs a step, as it turned out lately: a running mean of seconds.</summary>
internal sealed class StepCost
{
    // Of the newest batch in the mean: about the last ten count.
    private const double Share = 0.1;

    private double _secondsPerFrame;

    public void Add(long frames, TimeSpan elapsed)
    {
        var seconds = elapsed.TotalSeconds / frames;
        Volatile.Write(ref _secondsPerFrame, _secondsPerFrame == 0 ? seconds : _secondsPerFrame + Share * (seconds - _secondsPerFrame));
    }

    /// <summary>How long work will take; zero while nothing is known.</summary>
    public TimeSpan Estimate(long frameSteps) => TimeSpan.FromSeconds(frameSteps * Volatile.Read(ref _secondsPerFrame));
}
