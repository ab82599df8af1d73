using VampNet.Core.Tokens;
using VampNet.Simulation.Costs;

namespace VampNet.Simulation.Scenarios;

/// <summary>The work of one vamp, all of it generated anew.</summary>
internal static class Vamp
{
    public const int CoarseFrames = 575, FineFrames = 173, Steps = 12;

    /// <summary>Seconds that a device of a stage computes for it, in batches of one.</summary>
    /// <param name="stage">codec, coarse or fine</param>
    /// <param name="seconds">of music</param>
    public static double Demand(CostCurves costs, string stage, double seconds) =>
        Sum(stage, seconds, (operation, frames) => costs.Wall(operation, frames));

    /// <inheritdoc cref="Demand"/>
    /// <returns>processor seconds, all cores together</returns>
    public static double Processor(CostCurves costs, string stage, double seconds) =>
        Sum(stage, seconds, (operation, frames) => costs.Processor(operation, frames));

    private static double Sum(string stage, double seconds, Func<string, int, double> cost)
    {
        var frames = FrameRate.VampNet.ToFrames(seconds);
        return stage switch
        {
            "codec" => CodecChunk.Of(frames).Sum(chunk => cost("encode", chunk.Length) + cost("decode", chunk.Length)),
            "coarse" => Windows(CoarseFrames).Sum(window => Steps * cost("coarse", window.Length)),
            "fine" => Windows(FineFrames).Sum(window => Steps * cost("fine", window.Length)),
            _ => throw new ArgumentException($"there is no stage {stage}", nameof(stage)),
        };

        IReadOnlyList<Window> Windows(int longest) => WindowPlan.Create([.. Enumerable.Repeat(true, frames)], longest);
    }
}
