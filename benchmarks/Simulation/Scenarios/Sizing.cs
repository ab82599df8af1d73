using VampNet.Core.Tokens;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;
using static VampNet.Simulation.Scenarios.Section;

namespace VampNet.Simulation.Scenarios;

/// <summary>What music costs, and how much of each stage so many people need.</summary>
internal static class Sizing
{
    private const double HourSeconds = 3600, VampSeconds = 10, VampsPerUserAndSecond = 1 / 60.0, Busy = 0.6, Simulated = 600, WarmUp = 100;
    private const int GatewayCalls = 64;

    private static readonly int[] s_users = [10, 1_000, 100_000];

    /// <summary>Processor seconds of an hour of music, made in vamps of ten seconds.</summary>
    public static Section Hour(CostCurves costs)
    {
        var vamps = HourSeconds / VampSeconds;
        var frames = FrameRate.VampNet.ToFrames(VampSeconds);
        var chunks = CodecChunk.Of(frames).ToList();
        (string Part, double Seconds)[] parts =
        [
            ("codec: encode", vamps * chunks.Sum(chunk => costs.Processor("encode", chunk.Length))),
            ("coarse: 12 steps", vamps * Vamp.Processor(costs, "coarse", VampSeconds)),
            ("fine: 12 steps", vamps * Vamp.Processor(costs, "fine", VampSeconds)),
            ("codec: decode", vamps * chunks.Sum(chunk => costs.Processor("decode", chunk.Length))),
            ("gateway, network, reading and writing sound", vamps * costs.Processor("request", frames)),
        ];
        var all = parts.Sum(part => part.Seconds);
        return new Section(Markdown(
            ["part", "core-seconds:", "share %:"],
            [
                .. parts.Append(("all", all)).Select(part =>
                    new[] { part.Item1, Number(part.Item2, "0"), Number(100 * part.Item2 / all, "0") }),
            ]));
    }

    /// <summary>Replicas of each stage by the formula, and what the simulation says to it.</summary>
    public static Section Users(CostCurves costs)
    {
        var rows = s_users.Select(users =>
        {
            var rate = users * VampsPerUserAndSecond;
            var replicas = SimulatedMesh.StageNames.ToDictionary(stage => stage, stage => Math.Max(
                2, (int)Math.Ceiling(rate * Experiment.Demand(costs, stage) / Busy)));
            // Twice what is in flight when all goes well.
            var alone = SimulatedMesh.StageNames.Sum(stage => Experiment.Demand(costs, stage))
                + Experiment.Music.Average(seconds => costs.Wall("request", FrameRate.VampNet.ToFrames(seconds)));
            var gateways = Math.Max(2, (int)Math.Ceiling(2 * rate * alone / GatewayCalls));
            var all = replicas.Values.Sum();
            var settings = new MeshSettings(replicas["codec"], replicas["coarse"], replicas["fine"]) { Gateways = gateways };
            var seconds = users < 1_000 ? 10 * Simulated : Simulated;
            var found = users > 1_000
                ? null
                : new Experiment(costs, settings, Patience: 60).Run(ArrivalRate.Constant(rate), seconds).Between(WarmUp, seconds);
            return (IReadOnlyList<string>)
            [
                $"{users:#,0}", Number(rate, "0.00"), $"{replicas["codec"]:#,0}", $"{replicas["coarse"]:#,0}", $"{replicas["fine"]:#,0}",
                $"{gateways}", $"{all:#,0}", Number(rate * alone, "0.0"), $"{4L * gateways * all:#,0}",
                found is null ? "as a shard" : Number(found.Quantile(0.5)), found is null ? "of 1,000" : Number(found.Quantile(0.9)),
            ];
        });
        return new Section(Markdown(
            [
                "users:", "vamps/s:", "codec:", "coarse:", "fine:", "gateways:", "cores of stages:", "vamps in flight:",
                "load reports/s, unsharded:", "p50 s:", "p90 s:",
            ], rows));
    }
}
