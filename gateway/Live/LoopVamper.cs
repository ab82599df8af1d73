using Google.Protobuf;
using Grpc.Core;
using VampNet.Core;
using VampNet.Core.Tokens;
using VampNet.Gateway.Pipeline;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Live;

/// <summary>Makes variations of loops.</summary>
internal interface ILoopVamper
{
    /// <param name="steps">of each generator, where the session takes no fewer</param>
    /// <param name="options">cancellation of every call to a stage</param>
    Task<LoopVariation> VampAsync(Loop loop, ulong seed, int steps, CallOptions options);
}

/// <summary>A variation of a loop.</summary>
/// <param name="Samples">interleaved; behind the loop's own there are those that it would go on with</param>
/// <param name="Generating">the part of the time that grew with the steps</param>
internal sealed record LoopVariation(float[] Samples, ulong Seed, int CoarseSteps, int FineSteps, TimeSpan Generating);

/// <summary>
/// Variations by the pipeline. A loop goes round: the models see the end of it before its start and its start after its end, and make the
/// frames on either side of both joins anew, so that any round can follow any other.
/// </summary>
internal sealed class LoopVamper(VampPipeline pipeline, LivePlan plan) : ILoopVamper
{
    private const double ContextSeconds = 0.25;

    // About 50 ms on either side of a join, as between the repeats of a phrase.
    private const double JoinSeconds = 0.052;

    /// <summary>Frames that the models go over for a loop.</summary>
    public static int Frames(Loop loop) => FrameRate.VampNet.ToFrames(loop.Duration.TotalSeconds + 2 * ContextSeconds);

    public async Task<LoopVariation> VampAsync(Loop loop, ulong seed, int steps, CallOptions options)
    {
        var context = (int)(ContextSeconds * loop.SampleRate);
        var config = plan.ToVamp();
        config.Seed = seed;
        config.Prompt = new Prompt { AllOf = new PromptList { Prompts = { config.Prompt, HiddenJoins(loop) } } };
        config.CoarseSampling = config.CoarseSampling.Clone();
        config.FineSampling = config.FineSampling.Clone();
        config.CoarseSampling.Steps = Math.Min(steps, config.CoarseSampling.Steps);
        config.FineSampling.Steps = Math.Min(steps, config.FineSampling.Steps);

        using var audio = new MemoryStream();
        var generating = TimeSpan.Zero;
        var around = Floats.ToBytes(loop.Around(-context, loop.Length + 2 * context));
        await pipeline.VampAsync(config, Chunks(around), Take, options);
        var samples = Floats.FromBytes(audio.GetBuffer().AsSpan(0, (int)audio.Length));
        return new LoopVariation(
            samples[(context * loop.Channels)..], seed, config.CoarseSampling.Steps, config.FineSampling.Steps, generating);

        Task Take(VampResponse response)
        {
            if (response.HasAudio)
                audio.Write(response.Audio.Span);
            else if (response.Summary is { } summary)
                generating = summary.Stages.Where(s => s.Stage is Stage.Coarse or Stage.Fine)
                    .Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Elapsed.ToTimeSpan());
            return Task.CompletedTask;
        }
    }

    private static Prompt HiddenJoins(Loop loop)
    {
        var (start, end) = (ContextSeconds, ContextSeconds + loop.Duration.TotalSeconds);
        var joins = new RegionsPrompt
        {
            Regions = { new[] { start, end }.Select(at => new Region { FromSeconds = at - JoinSeconds, ToSeconds = at + JoinSeconds }) },
        };
        return new Prompt { Not = new Prompt { Regions = joins } };
    }

    private static async IAsyncEnumerable<ByteString> Chunks(byte[] bytes)
    {
        await Task.CompletedTask;
        yield return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
