using Microsoft.Extensions.Options;
using VampNet.Core;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Telemetry;

namespace VampNet.Gateway.Stages;

/// <summary>The four stages, for the life of the gateway: the replicas of each, and calls to them.</summary>
internal sealed class StageClients : IDisposable
{
    private readonly RetryPipeline _retries;
    private readonly RetryOptions _options;

    public StageClients(
        StageAddresses addresses, IOptions<RetryOptions> options, IOptions<ReplicaOptions> replicas, Random random, TimeProvider time,
        GatewayMetrics metrics, ILoggerFactory loggers, ReplicaTls? tls = null)
    {
        _options = options.Value;
        _retries = new RetryPipeline(_options, random, time, metrics, loggers.CreateLogger<RetryPipeline>());
        All = [.. StageInfo.All.Select(
            stage => new StageEntry(stage, new ReplicaSet(stage.Name, replicas.Value, random, time, loggers, tls), addresses.Of(stage)))];
        foreach (var stage in All)
            stage.Replicas.Update(stage.Addresses.Where(address => !address.IsName).Select(address => address.Target));
    }

    /// <summary>All stages in the order of the pipeline, beats last.</summary>
    public IReadOnlyList<StageEntry> All { get; }

    public ReplicaSet Of(StageInfo stage) => All.First(entry => entry.Stage == stage).Replicas;

    /// <summary>The stages for one request.</summary>
    /// <param name="models">that it is to be made with from beginning to end; null = whatever is served</param>
    public RequestStages ForRequest(StageModels? models = null) => new(this, _retries, new RetryBudget(_options.PerRequest), models);

    public void Dispose()
    {
        foreach (var stage in All)
            stage.Replicas.Dispose();
    }
}

/// <summary>A stage and where its replicas are.</summary>
internal sealed record StageEntry(StageInfo Stage, ReplicaSet Replicas, IReadOnlyList<ReplicaAddress> Addresses);
