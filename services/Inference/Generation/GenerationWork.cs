using VampNet.Core.Sampling;
using VampNet.Model.Sampling;
using VampNet.Services.Hosting.Telemetry;
using VampNet.Services.Inference.Scheduling;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Inference.Generation;

/// <summary>A generation, a sampling step at a time: frames are packed, so those of all lengths go together.</summary>
/// <param name="generation">not done</param>
/// <param name="progress">called after every step</param>
internal sealed class GenerationWork(
    TokenGeneration generation, GenerationMetrics metrics, Action<SamplingProgress> progress) : StepWork<ITokenGenerator>
{
    public const string Name = "generate";

    private static readonly object AnyLength = new();

    public override string Operation => Name;

    public override int Frames => generation.Current!.Frames;

    public override object Shape => AnyLength;

    public override long FrameStepsLeft => generation.FrameStepsLeft;

    private DecodingState State => generation.Current!;

    public override void Advance(ITokenGenerator model, IReadOnlyList<StepWork<ITokenGenerator>> batch) =>
        model.Advance([.. batch.Cast<GenerationWork>().Select(work => work.State)]);

    public override bool Stepped()
    {
        progress(generation.Stepped());
        return generation.Current is null;
    }

    public override void Finished(TimeSpan elapsed) => metrics.Finished(generation.HiddenAtStart, elapsed);
}
