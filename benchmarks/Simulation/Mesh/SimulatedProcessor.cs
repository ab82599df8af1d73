using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Mesh;

/// <summary>The cores of one machine: each that computes has one, as long as there are enough; beyond that all share them.</summary>
internal sealed class SimulatedProcessor(VirtualTime time, int cores)
{
    private const double Nothing = 1e-6; // seconds; the clock has ticks of a tenth of that

    private readonly List<Work> _running = [];
    private ITimer? _next;
    private double _since; // when all that runs was as far as it says

    private double Speed => Math.Min(1, (double)cores / _running.Count);

    /// <summary>Begins work that takes so long with a core of its own.</summary>
    public void Run(TimeSpan cost, Action done)
    {
        Advance();
        _running.Add(new Work(cost.TotalSeconds, done));
        Plan();
    }

    private void Advance()
    {
        foreach (var work in _running)
            work.Left -= (time.Now - _since) * Speed;
        _since = time.Now;
    }

    private void Plan()
    {
        _next?.Dispose();
        if (_running.Count > 0)
            _next = time.CreateTimer(
                _ => Finish(), null, TimeSpan.FromSeconds(Math.Max(0, _running.Min(work => work.Left) / Speed)), Timeout.InfiniteTimeSpan);
    }

    private void Finish()
    {
        Advance();
        var ended = _running.Where(work => work.Left < Nothing).ToList();
        _running.RemoveAll(ended.Contains);
        Plan();
        ended.ForEach(work => work.Done());
    }

    private sealed class Work(double left, Action done)
    {
        /// <summary>Seconds of a core of its own.</summary>
        public double Left { get; set; } = left;

        public Action Done => done;
    }
}
