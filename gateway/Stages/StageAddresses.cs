using VampNet.Gateway.Replicas;

namespace VampNet.Gateway.Stages;

/// <summary>
/// Where the stages are (configuration section "Stages"), such as http://codec:5101. Several replicas of a stage are a
/// list with commas, or a DNS name that has an address for each: dns:///codec:5101.
/// </summary>
public sealed class StageAddresses
{
    public const string Section = "Stages";

    public string Codec { get; set; } = "http://localhost:5101";

    public string CoarseGenerator { get; set; } = "http://localhost:5102";

    public string FineGenerator { get; set; } = "http://localhost:5103";

    public string BeatTracker { get; set; } = "http://localhost:5104";

    internal IReadOnlyList<ReplicaAddress> CodecReplicas => ReplicaAddress.ParseList($"{Section}:{nameof(Codec)}", Codec);

    internal IReadOnlyList<ReplicaAddress> CoarseReplicas => ReplicaAddress.ParseList($"{Section}:{nameof(CoarseGenerator)}", CoarseGenerator);

    internal IReadOnlyList<ReplicaAddress> FineReplicas => ReplicaAddress.ParseList($"{Section}:{nameof(FineGenerator)}", FineGenerator);

    internal IReadOnlyList<ReplicaAddress> BeatReplicas => ReplicaAddress.ParseList($"{Section}:{nameof(BeatTracker)}", BeatTracker);

    /// <exception cref="InvalidOperationException">one holds something that is no address</exception>
    public void Check() => _ = (CodecReplicas, CoarseReplicas, FineReplicas, BeatReplicas);
}
