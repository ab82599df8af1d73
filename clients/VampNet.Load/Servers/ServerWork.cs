namespace VampNet.Load.Servers;

/// <summary>Where the time of jobs went in a stage during a run; means are of a job, in seconds.</summary>
/// <param name="Stage">Such as coarse.</param>
/// <param name="Operation">Such as generate.</param>
/// <param name="Jobs">Jobs that were admitted.</param>
/// <param name="Queue">From a job's arrival to its admission.</param>
/// <param name="Service">From its admission to its end.</param>
/// <param name="Waits">Of that: waiting for the batch of its next step.</param>
/// <param name="BatchSize">Jobs in a batch, on average.</param>
/// <param name="DeviceShare">Share of the run in which the device worked for this operation; of several replicas together.</param>
public sealed record ServerWork(
    string Stage, string Operation, long Jobs, double Queue, double Service, double Waits, double BatchSize, double DeviceShare)
{
    private const string StageLabel = "vampnet_stage", OperationLabel = "vampnet_operation";

    /// <summary>One entry for each stage and operation that worked.</summary>
    /// <param name="histograms">What servers measured during the run.</param>
    /// <param name="seconds">The length of the run.</param>
    public static IReadOnlyList<ServerWork> Of(IReadOnlyList<ServerHistogram> histograms, double seconds)
    {
        ArgumentNullException.ThrowIfNull(histograms);
        return [.. histograms.Where(h => h.Metric == "vampnet_job_queue_duration_seconds").Select(queue =>
        {
            return new ServerWork(
                queue.Labels[StageLabel], queue.Labels[OperationLabel], queue.Count, queue.Mean,
                PerJob("vampnet_job_duration_seconds"), PerJob("vampnet_batch_wait_seconds"), Mean("vampnet_batch_size"),
                Sum("vampnet_compute_duration_seconds") / seconds);

            IEnumerable<ServerHistogram> All(string metric) => histograms.Where(
                h => h.Metric == metric && h.Labels[StageLabel] == queue.Labels[StageLabel]
                    && h.Labels[OperationLabel] == queue.Labels[OperationLabel]);

            double Sum(string metric) => All(metric).Sum(h => h.Mean * h.Count);

            double Mean(string metric) => Sum(metric) / Math.Max(1, All(metric).Sum(h => h.Count));

            double PerJob(string metric) => Sum(metric) / queue.Count;
        })];
    }
}
