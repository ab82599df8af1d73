using VampNet.Core;
using VampNet.Gateway.Replicas;

namespace VampNet.Gateway.Stages;

/// <summary>
/// Where the stages are, by their programs (configuration section "Stages"), such as Codec = http://codec:5101. Several replicas of a
/// stage are a list with commas, or a DNS name that has an address for each: dns:///codec:5101, with TLS dns+https:///codec:5101. A stage
/// that is not named is looked for on this machine, at its default port.
/// </summary>
public sealed class StageAddresses : Dictionary<string, string>
{
    public const string Section = "Stages";

    public StageAddresses()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>Addresses of the replicas of a stage.</summary>
    /// <exception cref="InvalidOperationException">one is no address</exception>
    internal IReadOnlyList<ReplicaAddress> Of(StageInfo stage) =>
        ReplicaAddress.ParseList(
            $"{Section}:{stage.Program}", TryGetValue(stage.Program, out var address) ? address : $"http://localhost:{stage.Port}");

    /// <exception cref="InvalidOperationException">one holds something that is no address, or there is no such stage</exception>
    public void Check()
    {
        foreach (var stage in StageInfo.All)
            _ = Of(stage);
        if (Keys.FirstOrDefault(
            name => StageInfo.All.All(stage => !stage.Program.Equals(name, StringComparison.OrdinalIgnoreCase))) is { } unknown)
            throw new InvalidOperationException(
                $"{Section}:{unknown}: the stages are {string.Join(", ", StageInfo.All.Select(stage => stage.Program))}");
    }
}
