using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Mesh;

/// <summary>How a stage is scaled.</summary>
/// <param name="CountsActive">whether jobs that have begun count, too, or only those that wait</param>
/// <param name="Target">such jobs a replica, on average</param>
/// <param name="StartSeconds">from the decision until a new replica is ready</param>
internal sealed record ScalingSettings(bool CountsActive, double Target, double StartSeconds)
{
    public int Least { get; init; } = 2;

    public int Most { get; init; } = 24;

    /// <summary>How long the highest recommendation counts before replicas are taken away.</summary>
    public double DownWindowSeconds { get; init; } = 300;

    /// <summary>In one period, it grows by at most the larger of this share of its size and <see cref="GrowthPods"/>.</summary>
    public double GrowthShare { get; init; } = 1;

    /// <inheritdoc cref="GrowthShare"/>
    public int GrowthPods { get; init; } = 4;

    /// <summary>The period of growth, in seconds.</summary>
    public double GrowthSeconds { get; init; } = 15;

    /// <summary>Over how long the metric is averaged, as the query of the adapter says (avg_over_time).</summary>
    public double MetricWindowSeconds { get; init; } = 60;
}

/// <summary>
/// Kubernetes' HorizontalPodAutoscaler over one stage: the metric is scraped and averaged; every 15 s desired = ceil(replicas × metric ÷
/// target), nothing within a tenth of the target; replicas that are not ready count as idle when it grows; it grows by at most the larger
/// of its size and four in 15 s, and shrinks to the highest recommendation of the last minutes.
/// </summary>
internal sealed class Autoscaler
{
    private const double SyncSeconds = 15, ScrapeSeconds = 15, Tolerance = 0.1;

    private readonly SimulatedStage _stage;
    private readonly ScalingSettings _settings;
    private readonly VirtualTime _time;
    private readonly Dictionary<int, Queue<double>> _samples = []; // by replica, newest last
    private readonly Queue<(double At, int Replicas)> _recommended = new(), _sizes = new();

    public Autoscaler(SimulatedStage stage, ScalingSettings settings, VirtualTime time)
    {
        (_stage, _settings, _time) = (stage, settings, time);
        time.CreateTimer(_ => Scrape(), null, TimeSpan.FromSeconds(ScrapeSeconds), TimeSpan.FromSeconds(ScrapeSeconds));
        // Between two scrapes, as it happens.
        time.CreateTimer(_ => Sync(), null, TimeSpan.FromSeconds(SyncSeconds + 7), TimeSpan.FromSeconds(SyncSeconds));
    }

    private void Scrape()
    {
        foreach (var replica in _stage.Running.Where(replica => replica.IsReady))
        {
            if (!_samples.TryGetValue(replica.Number, out var samples))
                _samples[replica.Number] = samples = new Queue<double>();
            samples.Enqueue(replica.Waiting + (_settings.CountsActive ? replica.Active : 0));
            if (samples.Count > _settings.MetricWindowSeconds / ScrapeSeconds)
                samples.Dequeue();
        }
    }

    private void Sync()
    {
        var running = _stage.Running.ToList();
        var metrics = running.Where(replica => _samples.ContainsKey(replica.Number))
            .Select(replica => _samples[replica.Number].Average()).ToList();
        if (metrics.Count == 0)
            return;
        var now = running.Count;
        var desired = Math.Clamp(Recommend(metrics, now), _settings.Least, _settings.Most);
        _recommended.Enqueue((_time.Now, desired));
        while (_recommended.Peek().At < _time.Now - _settings.DownWindowSeconds)
            _recommended.Dequeue();
        if (desired < now)
            desired = Math.Min(now, _recommended.Max(recommended => recommended.Replicas));
        _sizes.Enqueue((_time.Now, now));
        while (_sizes.Peek().At <= _time.Now - _settings.GrowthSeconds)
            _sizes.Dequeue();
        var before = _sizes.Min(size => size.Replicas);
        var growth = Math.Max((int)Math.Ceiling(before * _settings.GrowthShare), _settings.GrowthPods);
        desired = Math.Min(desired, Math.Max(now, before + growth));
        for (var i = now; i < desired; i++)
            _stage.Start(_settings.StartSeconds);
        if (desired < now)
            _stage.Stop(now - desired);
    }

    private int Recommend(List<double> metrics, int replicas)
    {
        var ratio = metrics.Average() / _settings.Target;
        if (Math.Abs(ratio - 1) <= Tolerance)
            return replicas;
        if (ratio < 1 || metrics.Count == replicas)
            return (int)Math.Ceiling(ratio * metrics.Count);
        ratio = metrics.Sum() / replicas / _settings.Target;
        return ratio <= 1 + Tolerance ? replicas : (int)Math.Ceiling(ratio * replicas);
    }
}
