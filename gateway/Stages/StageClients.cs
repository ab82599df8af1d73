using Microsoft.Extensions.Options;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;

namespace VampNet.Gateway.Stages;

/// <summary>The four stages, for the life of the gateway: the replicas of each, and calls to them.</summary>
internal sealed class StageClients : IDisposable
{
    private readonly RetryPipeline _retries;
    private readonly RetryOptions _options;

    public StageClients(StageAddresses addresses, IOptions<RetryOptions> options, Random random, TimeProvider time, GatewayMetrics metrics, ILoggerFactory loggers)
    {
        _options = options.Value;
        _retries = new RetryPipeline(_options, random, time, metrics, loggers.CreateLogger<RetryPipeline>());
        Codec = new("codec", random, time, loggers);
        Coarse = new("coarse", random, time, loggers);
        Fine = new("fine", random, time, loggers);
        Beats = new("beats", random, time, loggers);
        var generator = GeneratorService.Descriptor.FullName;
        All =
        [
            new(CodecService.Descriptor.FullName, CodecService.Descriptor.FullName, Codec, addresses.CodecReplicas),
            new($"{generator}/coarse", generator, Coarse, addresses.CoarseReplicas),
            new($"{generator}/fine", generator, Fine, addresses.FineReplicas),
            new(BeatService.Descriptor.FullName, BeatService.Descriptor.FullName, Beats, addresses.BeatReplicas),
        ];
        foreach (var stage in All)
            stage.Replicas.Update(stage.Addresses.Where(address => !address.IsName).Select(address => address.Target));
    }

    public ReplicaSet Codec { get; }

    public ReplicaSet Coarse { get; }

    public ReplicaSet Fine { get; }

    public ReplicaSet Beats { get; }

    /// <summary>All stages in the order of the pipeline, beats last.</summary>
    public IReadOnlyList<StageEntry> All { get; }

    /// <summary>The stages for one request.</summary>
    public RequestStages ForRequest() => new(this, _retries, new RetryBudget(_options.PerRequest));

    public void Dispose()
    {
        foreach (var stage in All)
            stage.Replicas.Dispose();
    }
}

/// <param name="Name">what the gateway calls the service of this stage</param>
/// <param name="Service">what the stage itself calls it</param>
internal sealed record StageEntry(string Name, string Service, ReplicaSet Replicas, IReadOnlyList<ReplicaAddress> Addresses);
