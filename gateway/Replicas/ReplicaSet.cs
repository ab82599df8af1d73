using System.Collections.Immutable;

namespace VampNet.Gateway.Replicas;

/// <summary>
/// The replicas of a stage, and which of them gets the next call: the one with fewer pending steps of two drawn at random.
/// </summary>
/// <remarks>
/// Two choices (Mitzenmacher 2001) come close to the least loaded of all, and gateways that do not know of each other's
/// calls do not all run to the same replica.
/// </remarks>
/// <param name="name">of the stage, for logs and errors</param>
/// <param name="tls">for https addresses; null = what the system trusts</param>
internal sealed class ReplicaSet(
    string name, ReplicaOptions options, Random random, TimeProvider time, ILoggerFactory loggers, ReplicaTls? tls = null) : IDisposable
{
    private static readonly ImmutableArray<ReplicaState> s_order = [ReplicaState.Serving, ReplicaState.Draining, ReplicaState.Unknown];

    private static readonly TimeSpan WaitInterval = TimeSpan.FromSeconds(0.1);

    private readonly Lock _lock = new();
    private List<Replica> _replicas = [];

    public string Name => name;

    public IReadOnlyList<Replica> Replicas => Volatile.Read(ref _replicas);

    /// <summary>A replica serves, and is not about to end.</summary>
    public bool IsServed => Replicas.Any(replica => replica.State == ReplicaState.Serving);

    /// <summary>A replica takes calls, and its breaker lets them through.</summary>
    private bool TakesCalls => Replicas.Any(replica => replica is { MayServe: true, IsTrusted: true });

    /// <summary>These replicas and no others are there from now on.</summary>
    /// <returns>those that are new</returns>
    public IReadOnlyList<Replica> Update(IEnumerable<Uri> addresses)
    {
        lock (_lock)
        {
            var wanted = addresses.ToHashSet();
            var gone = _replicas.Where(replica => !wanted.Contains(replica.Address)).ToList();
            wanted.ExceptWith(_replicas.Select(replica => replica.Address));
            var added = wanted.Select(address => new Replica(name, address, options, time, loggers, tls)).ToList();
            _replicas = [.. _replicas.Except(gone), .. added];
            gone.ForEach(replica => replica.Retire());
            return added;
        }
    }

    /// <summary>The replica for a call, which counts from now on.</summary>
    /// <param name="tried">by the same call before: they come last</param>
    /// <param name="steps">that the call will take</param>
    /// <returns>null where none may be asked</returns>
    public ReplicaWork? Take(IReadOnlySet<Replica> tried, int steps)
    {
        // Within the lock, so that calls that come together see each other.
        lock (_lock)
            return Choose(Candidates(tried))?.Begin(steps);
    }

    /// <summary>Until a replica takes calls, no longer than <see cref="ReplicaOptions.WaitSeconds"/>, or until it is cancelled.</summary>
    /// <returns>whether one does</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        while (!TakesCalls && time.GetElapsedTime(began) < options.Wait && !cancellationToken.IsCancellationRequested)
            await Task.Delay(WaitInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return TakesCalls;
    }

    /// <summary>There is a replica that may be asked and was not tried.</summary>
    public bool HasOther(IReadOnlySet<Replica> tried) => Candidates(tried).Any(replica => !tried.Contains(replica));

    /// <summary>There is another replica than this one that serves.</summary>
    public bool ServesWithout(Replica replica) => Replicas.Any(other => other != replica && other.State == ReplicaState.Serving);

    public void Dispose()
    {
        foreach (var replica in Replicas)
            replica.Dispose();
    }

    /// <summary>
    /// Those that serve; if there are none, those that drain, then those of which nothing is known. One that says no is never asked. One
    /// that has been silent for a while is asked where there is no other: it may only be slow, and a call there waits no longer than a
    /// refused one would.
    /// </summary>
    private List<Replica> Candidates(IReadOnlySet<Replica> tried)
    {
        var trusted = Replicas.Where(replica => replica.State != ReplicaState.NotServing && replica.IsTrusted).ToList();
        if (trusted.Exists(replica => !replica.IsSuspect))
            trusted.RemoveAll(replica => replica.IsSuspect);
        return Best(trusted.Where(replica => !tried.Contains(replica))) ?? Best(trusted) ?? [];

        static List<Replica>? Best(IEnumerable<Replica> replicas) =>
            replicas.GroupBy(replica => replica.State).MinBy(state => s_order.IndexOf(state.Key))?.ToList();
    }

    private Replica? Choose(List<Replica> candidates)
    {
        if (candidates.Count < 2)
            return candidates.FirstOrDefault();
        var first = random.Next(candidates.Count);
        var second = random.Next(candidates.Count - 1);
        var (one, other) = (candidates[first], candidates[second < first ? second : second + 1]);
        return one.Pending <= other.Pending ? one : other;
    }
}
