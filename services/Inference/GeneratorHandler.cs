using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Core;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.Scheduling;
using VampNet.Services.Inference.Telemetry;
using ProtoMask = VampNet.Protos.Tokens.V1.TokenMask;
using TokenMask = VampNet.Core.Tokens.TokenMask;

namespace VampNet.Services.Inference;

/// <summary>What both generator services do, over whatever models the stage loaded: coarse and fine differ by that alone.</summary>
public sealed class GeneratorHandler(
    ModelRegistry<ITokenGenerator> models, StageLoad load, GenerationMetrics metrics, IOptions<MeshLimits> limits)
{
    /// <summary>Progress after every sampling step, then the tokens.</summary>
    public async Task Generate(GenerateRequest request, IServerStreamWriter<GenerateResponse> responseStream, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        using var model = models.Lease(request.Model, "model", context);
        var (tokens, options) = Read(request, model.Value);
        var generation = model.Value.Begin(tokens, options, request.Seed);
        if (generation.Current is not null)
            await RunAsync(
                model, generation, request.Priority == Priority.Batch
                ? JobPriority.Batch
                : JobPriority.Interactive, responseStream, context);
        await responseStream.WriteAsync(new GenerateResponse { Tokens = generation.Tokens.ToProto() }, cancellation);
    }

    private async Task RunAsync(
        ModelLease<ITokenGenerator> model, TokenGeneration generation, JobPriority priority,
        IServerStreamWriter<GenerateResponse> responses, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        // At most one entry a step and window, so it needs no bound of its own.
        var progress = Channel.CreateUnbounded<SamplingProgress>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using var pending = load.Begin(generation.StepsLeft);
        model.CheckDeadline(GenerationWork.Name, generation.FrameStepsLeft, priority, context.Deadline);
        CallCost.Report(context, generation.FrameStepsLeft);
        var run = model.RunAsync(new GenerationWork(generation, metrics, Stepped), priority, cancellation);
        _ = run.ContinueWith(_ => progress.Writer.Complete(), TaskScheduler.Default);
        await foreach (var step in progress.Reader.ReadAllAsync(cancellation))
            await responses.WriteAsync(new GenerateResponse { Progress = ToProto(step) }, cancellation);
        await run;

        void Stepped(SamplingProgress step)
        {
            pending.StepsLeft = generation.StepsLeft;
            progress.Writer.TryWrite(step);
        }
    }

    /// <summary>What this stage serves.</summary>
    public Task<GetModelResponse> GetModel(GetModelRequest request, ServerCallContext context)
    {
        using var model = models.Lease(request.Model, "model", context);
        return Task.FromResult(new GetModelResponse
        {
            Served = models.Describe(model.Info, Precisions.Resolve(models.Options.Precision, models.Options.Device)),
            Codebooks = (uint)model.Value.Codebooks,
            ConditioningCodebooks = (uint)model.Value.ConditioningCodebooks,
            WindowFrames = (uint)model.Value.WindowFrames,
            Layers = (uint)model.Value.Layers,
            Dimension = (uint)model.Value.Dimension,
            Temperature = model.Value.Temperature,
            Presets =
            {
                model.Info.Presets.Select(p => new Preset
                {
                    Name = p.Name,
                    Period = (uint)p.Period,
                    Codebooks = (uint)p.Codebooks,
                    Dropout = p.Dropout,
                    BeatSeconds = p.BeatSeconds,
                }),
            },
        });
    }

    /// <summary>What a layer of the transformer makes of tokens.</summary>
    public async Task<EmbedResponse> Embed(EmbedRequest request, ServerCallContext context)
    {
        using var model = models.Lease(request.Model, "model", context);
        var tokens = ReadTokens(request.Tokens, model.Value, model.Value.WindowFrames);
        if (request.Layer > model.Value.Layers)
            throw new InvalidRequestException("layer", $"is {request.Layer}, this model has {model.Value.Layers} layers");
        CallCost.Report(context, tokens.Frames);
        using var pending = load.Begin(steps: 1);
        var values = await model.RunAsync(
            "embed", tokens.Frames, generator => generator.Embed(tokens, (int)request.Layer), context.CancellationToken);
        return new EmbedResponse { Frames = (uint)tokens.Frames, Dimension = (uint)model.Value.Dimension, Data = ToProto(values) };
    }

    /// <summary>How likely the model finds given tokens.</summary>
    public async Task<ScoreResponse> Score(ScoreRequest request, ServerCallContext context)
    {
        using var model = models.Lease(request.Model, "model", context);
        var tokens = ReadTokens(request.Tokens, model.Value, model.Value.WindowFrames);
        if (tokens.HasMask)
            throw new InvalidRequestException("tokens.data", "holds MASK; what is to be scored must be there, and is hidden by mask");
        var hidden = ReadMask(request.Mask, tokens, model.Value);
        CallCost.Report(context, tokens.Frames);
        using var pending = load.Begin(steps: 1);
        var values = await model.RunAsync("score", tokens.Frames, generator => generator.Score(tokens, hidden), context.CancellationToken);
        return new ScoreResponse { Codebooks = (uint)tokens.Codebooks, Frames = (uint)tokens.Frames, Data = ToProto(values) };
    }

    private (TokenGrid Tokens, SamplingOptions Options) Read(GenerateRequest request, ITokenGenerator model)
    {
        var checks = new RequestChecks();
        var options = request.Sampling.ToModel(model.Temperature, "sampling", limits.Value.MaxSteps, checks);
        checks.Require(Enum.IsDefined(request.Priority), "priority", $"{(int)request.Priority} is unknown");
        checks.ThrowIfAny();
        var tokens = ReadTokens(request.Tokens, model, limits.Value.MaxFrames());
        limits.Value.CheckCost("sampling.steps", (long)tokens.Frames * options.Steps, $"{tokens.Frames} frames x steps");
        return (tokens, options);
    }

    private static TokenGrid ReadTokens(TokenTensor? tensor, ITokenGenerator model, int maxFrames)
    {
        var tokens = tensor.ToModel("tokens", maxFrames);
        if (tokens.Codebooks != model.Codebooks)
            throw new InvalidRequestException("tokens.codebooks", $"is {tokens.Codebooks}, this stage's model has {model.Codebooks}");
        for (var c = 0; c < model.ConditioningCodebooks; c++)
        {
            if (tokens.Codebook(c).Contains(TokenGrid.Mask))
                throw new InvalidRequestException("tokens.data", $"codebook {c} conditions and is never generated, but holds MASK");
        }
        return tokens;
    }

    private static TokenMask ReadMask(ProtoMask? proto, TokenGrid tokens, ITokenGenerator model)
    {
        var mask = (proto ?? throw new InvalidRequestException("mask", "is required")).ToModel("mask", tokens.Frames);
        if (mask.Codebooks != tokens.Codebooks)
            throw new InvalidRequestException("mask.codebooks", $"is {mask.Codebooks}, tokens have {tokens.Codebooks}");
        if (mask.Frames != tokens.Frames)
            throw new InvalidRequestException("mask.frames", $"is {mask.Frames}, tokens have {tokens.Frames}");
        if (mask.Hidden[..(model.ConditioningCodebooks * mask.Frames)].Contains(true))
            throw new InvalidRequestException(
                "mask.data", $"hides one of the first {model.ConditioningCodebooks} codebooks, which condition and are never scored");
        if (mask.HiddenCount == 0)
            throw new InvalidRequestException("mask.data", "hides nothing, so there is nothing to score");
        return mask;
    }

    private static ByteString ToProto(float[] values) => UnsafeByteOperations.UnsafeWrap(Floats.ToBytes(values));

    private static GenerateProgress ToProto(SamplingProgress progress) =>
        new() { Step = (uint)progress.Step, Steps = (uint)progress.Steps, Hidden = (ulong)progress.Hidden };
}

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
