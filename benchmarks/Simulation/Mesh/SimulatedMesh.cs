using VampNet.Gateway.Replicas;
using VampNet.Services.Inference.Scheduling;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Mesh;

/// <summary>What a mesh is made of. Every replica computes on one core, or what the table of costs was measured on.</summary>
/// <param name="Codec">replicas at the beginning</param>
internal sealed record MeshSettings(int Codec, int Coarse, int Fine)
{
    public int Gateways { get; init; } = 2;

    /// <summary>Most vamps at once in a gateway.</summary>
    public int GatewayCalls { get; init; } = 64;

    public RetryOptions Retries { get; init; } = new();

    public SchedulingOptions Scheduling { get; init; } = new();

    /// <summary>Of the one machine on which all replicas compute; null = each has a core of its own.</summary>
    public int? Cores { get; init; }

    public int Seed { get; init; } = 1;

    public int Of(string stage) => stage switch { "codec" => Codec, "coarse" => Coarse, _ => Fine };
}

/// <summary>Gateways and stages of one simulation.</summary>
internal sealed class SimulatedMesh : IDisposable
{
    public SimulatedMesh(MeshSettings settings, CostCurves costs, VirtualTime time)
    {
        var random = new Random(settings.Seed);
        var processor = settings.Cores is { } cores ? new SimulatedProcessor(time, cores) : null;
        Stages = [.. StageNames.Select(name => new SimulatedStage(name, costs, settings.Scheduling, time, random, processor))];
        foreach (var stage in Stages)
        {
            for (var i = 0; i < settings.Of(stage.Name); i++)
                stage.Start(delay: 0);
        }
        Gateways = [.. Enumerable.Range(0, settings.Gateways).Select(
            _ => new SimulatedGateway(Stages, costs, settings.Retries, settings.GatewayCalls, time, random))];
    }

    public static IReadOnlyList<string> StageNames { get; } = ["codec", "coarse", "fine"];

    public IReadOnlyList<SimulatedStage> Stages { get; }

    public IReadOnlyList<SimulatedGateway> Gateways { get; }

    public SimulatedStage Stage(string name) => Stages.First(stage => stage.Name == name);

    public void Dispose()
    {
        foreach (var gateway in Gateways)
            gateway.Dispose();
        foreach (var stage in Stages)
            stage.Dispose();
    }
}
