namespace VampNet.Gateway.Generation;

/// <summary>How many windows of a request are at a generator at once (configuration section "Windows").</summary>
public sealed class WindowOptions
{
    public const string Section = "Windows";

    // A good batch for a generator, and too few to fill its door.
    private const int Batch = 16;

    /// <summary>
    /// Most windows of all variations of a request; the one that is being answered has four in any case. Null: 16, or,
    /// where the generator computes on a CPU, as many as it has replicas. A batch costs a CPU about as much as its parts
    /// one after the other, so there the first variation would wait for the others, and nobody would gain.
    /// </summary>
    public int? MaxInFlight { get; set; }

    /// <param name="device">of a stage, such as "cpu" or "cuda:0"</param>
    /// <param name="replicas">of the stage that serve</param>
    internal int Room(string device, int replicas) =>
        MaxInFlight ?? (device.StartsWith("cpu", StringComparison.Ordinal) ? Math.Clamp(replicas, 1, Batch) : Batch);
}
