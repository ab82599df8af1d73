using System.Diagnostics;
using VampNet.Core;
using VampNet.Core.Prompts;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;

namespace VampNet.Benchmarks;

/// <summary>Work at the published sizes, beside the least that it could take.</summary>
/// <param name="Floor">its operations over the most that the machine does a second, in seconds</param>
internal sealed record OfficialTiming(Timing Timing, double Floor);

/// <summary>What networks of the published sizes take: loading, one look at 10 s, and generating them.</summary>
/// <param name="Loading">seconds to load the coarse generator, from files that the system has in memory</param>
/// <param name="LogitError">of bfloat16: mean absolute difference of log-probabilities of the same tokens</param>
/// <param name="Agreement">of bfloat16: share of hidden tokens that one greedy step fills alike</param>
internal sealed record OfficialBenchmark(double Loading, IReadOnlyList<OfficialTiming> Timings, double LogitError, double Agreement)
{
    private const int FineSteps = 2;

    public static OfficialBenchmark Measure(string folder, string device, int frames, int runs)
    {
        var package = OfficialSizes.Package(folder);
        var ceilings = Ceilings.Measure();
        var (loading, timings) = (0.0, new List<OfficialTiming>());
        var hidden = new TokenGrid(4, frames, [.. Enumerable.Repeat(TokenGrid.Mask, 4 * frames)]);
        var looks = new List<(float[] Scores, TokenGrid Filled)>();
        foreach (var precision in new[] { Precisions.Full, Precisions.Half })
        {
            var rate = precision == Precisions.Half ? ceilings.Bfloat16 : ceilings.Float32;
            var start = Stopwatch.GetTimestamp();
            using (var coarse = ModelLoader.LoadGenerator(package, PartNames.Coarse, device, precision))
            {
                loading = Stopwatch.GetElapsedTime(start).TotalSeconds; // of bfloat16, as its file is, in the end
                Add($"coarse, one step, {precision}", rate, Operations.Generation(OfficialSizes.Coarse, frames, frames, 4 * frames, 1),
                    () => coarse.Generate(hidden, Steps(1), Workload.Seed));
                Add($"coarse, 12 steps, {precision}", rate, Operations.Generation(OfficialSizes.Coarse, frames, frames, 4 * frames, 12),
                    () => coarse.Generate(hidden, Steps(12), Workload.Seed));
                var known = new TokenGrid(4, frames, [.. Enumerable.Range(0, 4 * frames).Select(i => (ushort)(i * 7919 % 1024))]);
                looks.Add(
                    (coarse.Score(known, Masks.Full(4, frames)),
                    coarse.Generate(hidden, new SamplingOptions { Steps = 1, SampleCutoff = -1, MaskTemperature = 0 }, Workload.Seed)));
            }
            using var fine = ModelLoader.LoadGenerator(package, PartNames.Fine, device, precision);
            var given = looks[0].Filled.ExtendCodebooks(fine.Codebooks);
            Add($"fine, 2 steps, {precision}", rate,
                Operations.Generation(OfficialSizes.Fine, frames, fine.WindowFrames, 10 * frames, FineSteps),
                () => fine.Generate(given, Steps(FineSteps), Workload.Seed));
        }
        using (var codec = ModelLoader.LoadCodec(package, device))
        {
            var noise = new Random(1);
            var audio = Enumerable.Range(0, frames * codec.Hop).Select(_ => 0.1f * (noise.NextSingle() - 0.5f)).ToArray();
            var tokens = Add(
                "LAC, encode", ceilings.Convolution, Operations.Encode(OfficialSizes.Codec, frames), () => codec.Encode(audio));
            Add("LAC, decode", ceilings.Convolution, Operations.Decode(OfficialSizes.Codec, frames, fusion: true),
                () => codec.Decode(tokens));
        }
        var (full, half) = (looks[0], looks[1]);
        return new OfficialBenchmark(
            loading,
            timings,
            full.Scores.Zip(half.Scores, (a, b) => Math.Abs(a - b)).Average(),
            Enumerable.Range(0, 4 * frames).Average(i => full.Filled.Data[i] == half.Filled.Data[i] ? 1.0 : 0.0));

        T Add<T>(string name, double rate, double operations, Func<T> work)
        {
            var (timing, result) = Timing.Measure(name, runs, work);
            timings.Add(new OfficialTiming(timing, operations / rate));
            return result;
        }
    }

    private static SamplingOptions Steps(int steps) => new() { Steps = steps };
}
