namespace VampNet.Services.Inference.Telemetry;

/// <summary>How often something happened, and how long it took in all.</summary>
public readonly record struct Total(long Count, TimeSpan Time)
{
    /// <summary>The same and once more.</summary>
    public Total Add(TimeSpan time) => new(Count + 1, Time + time);
}

/// <summary>What one loaded model has done for one operation.</summary>
/// <param name="Queue">Jobs that were admitted, with the time from their arrival to their admission.</param>
/// <param name="Compute">Jobs that were finished, with the time from their admission to their last step.</param>
/// <param name="Batches">Batches by the number of their jobs, with the time that they had the device.</param>
public sealed record OperationCounts(Total Queue, Total Compute, IReadOnlyDictionary<int, Total> Batches)
{
    /// <summary>Nothing yet.</summary>
    public static OperationCounts None { get; } = new(default, default, new Dictionary<int, Total>());
}

/// <summary>
/// What one loaded model has done: the same measurements as <see cref="JobMetrics"/> gets, which are of the whole stage. Whoever asks gets
/// numbers of one moment.
/// </summary>
internal sealed class WorkCounts
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, OperationCounts> _operations = [];

    public OperationCounts Of(string operation)
    {
        lock (_lock)
            return _operations.GetValueOrDefault(operation, OperationCounts.None);
    }

    /// <inheritdoc cref="JobMetrics.Admitted"/>
    public void Admitted(string operation, TimeSpan queueTime) =>
        Change(operation, counts => counts with { Queue = counts.Queue.Add(queueTime) });

    /// <summary>All steps of a job were made, so long after it was admitted.</summary>
    public void Finished(string operation, TimeSpan elapsed) =>
        Change(operation, counts => counts with { Compute = counts.Compute.Add(elapsed) });

    /// <summary>A batch has made a step.</summary>
    /// <param name="batchSize">jobs</param>
    /// <param name="elapsed">how long it had the device</param>
    public void BatchRan(string operation, int batchSize, TimeSpan elapsed) =>
        Change(operation, counts => counts with
        {
            Batches = new Dictionary<int, Total>(counts.Batches) { [batchSize] = counts.Batches.GetValueOrDefault(batchSize).Add(elapsed) },
        });

    private void Change(string operation, Func<OperationCounts, OperationCounts> change)
    {
        lock (_lock)
            _operations[operation] = change(_operations.GetValueOrDefault(operation, OperationCounts.None));
    }
}
