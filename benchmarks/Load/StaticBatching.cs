using System.Threading.Channels;
using Grpc.Core;
using VampNet.Core.Sampling;
using VampNet.Model.Compute;
using VampNet.Model.Sampling;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;
using VampNet.Services.Inference.Scheduling;

namespace VampNet.Benchmarks.Load;

/// <summary>
/// The generator's contract by naive batching, to compare with: as many as wait are taken together, and the next batch is
/// formed when the last of them is done. Kinder than most of its kind: nothing is padded, and whoever is done is answered.
/// </summary>
internal sealed class StaticBatching : CoarseGeneratorService.CoarseGeneratorServiceBase
{
    private readonly Channel<Job> _waiting = Channel.CreateUnbounded<Job>();
    private readonly ITokenGenerator _generator;
    private readonly DeviceThread _device;
    private readonly SchedulingOptions _limits = new();

    public StaticBatching(ITokenGenerator generator, DeviceThread device)
    {
        (_generator, _device) = (generator, device);
        _ = Task.Run(RunAsync);
    }

    private sealed record Job(TokenGeneration Generation, Channel<SamplingProgress> Progress);

    public override async Task Generate(
        GenerateRequest request, IServerStreamWriter<GenerateResponse> responseStream, ServerCallContext context)
    {
        var options = request.Sampling.ToModel(_generator.Temperature, "sampling", int.MaxValue, new RequestChecks());
        var job = new Job(
            _generator.Begin(request.Tokens.ToModel("tokens", int.MaxValue), options, request.Seed),
            Channel.CreateUnbounded<SamplingProgress>());
        _waiting.Writer.TryWrite(job);
        await foreach (var step in job.Progress.Reader.ReadAllAsync(context.CancellationToken))
            await responseStream.WriteAsync(new GenerateResponse
            {
                Progress = new GenerateProgress { Step = (uint)step.Step, Steps = (uint)step.Steps, Hidden = (ulong)step.Hidden },
            });
        await responseStream.WriteAsync(new GenerateResponse { Tokens = job.Generation.Tokens.ToProto() });
    }

    private async Task RunAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var batch = Form();
            while (batch.Count > 0)
            {
                await _device.RunAsync(() =>
                {
                    _generator.Advance(batch.ConvertAll(job => job.Generation.Current!));
                    return true;
                });
                foreach (var job in batch)
                    job.Progress.Writer.TryWrite(job.Generation.Stepped());
                foreach (var job in batch.FindAll(job => job.Generation.Current is null))
                    job.Progress.Writer.Complete();
                batch.RemoveAll(job => job.Generation.Current is null);
            }
        }
    }

    /// <summary>As many as the step-level scheduler would take.</summary>
    private List<Job> Form()
    {
        var batch = new List<Job>();
        var frames = 0;
        while (batch.Count < _limits.MaxBatch && _waiting.Reader.TryPeek(out var next)
            && (batch.Count == 0 || frames + next.Generation.Current!.Frames <= _limits.MaxBatchFrames))
        {
            _waiting.Reader.TryRead(out _);
            batch.Add(next);
            frames += next.Generation.Current!.Frames;
        }
        return batch;
    }
}
