using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Protos.Codec.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Codec;

/// <summary>Everything that belongs to one call of the codec.</summary>
/// <param name="Model">that the call names, for the life of the call</param>
/// <param name="Pending">the call's part in the load of the stage</param>
internal sealed record CodecContext(ModelLease<ICodec> Model, RequestLoad Pending, AudioMetrics Metrics, ServerCallContext Call)
{
    public CancellationToken Cancellation => Call.CancellationToken;
}

/// <summary>Audio to tokens and back.</summary>
public sealed class CodecGrpcService(
    ModelRegistry<ICodec> models, IOptions<MeshLimits> limits, StageLoad load, AudioMetrics metrics) : CodecService.CodecServiceBase
{
    private const double MaxGainDb = 100;

    public override async Task Encode(
        IAsyncStreamReader<EncodeRequest> requestStream, IServerStreamWriter<EncodeResponse> responseStream, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var config = await requestStream.ReadConfigAsync(r => r.Config, cancellation);
        using var model = models.Lease(config.Model, "config.model", context);
        var checks = new RequestChecks();
        var input = AudioInput.From(config.Input, limits.Value, checks);
        var preparation = config.Preparation(model.Value.SampleRate, checks);
        checks.ThrowIfAny();

        var chunks = requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", cancellation);
        using var audio = await input.PrepareAsync(chunks, preparation, cancellation);
        using var pending = load.Begin(steps: 0);
        await new EncodeRun(new CodecContext(model, pending, metrics, context), audio, responseStream).RunAsync();
    }

    public override async Task Decode(
        IAsyncStreamReader<DecodeRequest> requestStream, IServerStreamWriter<DecodeResponse> responseStream, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var config = await requestStream.ReadConfigAsync(r => r.Config, cancellation);
        using var model = models.Lease(config.Model, "config.model", context);
        var codec = model.Value;
        var maxFrames = limits.Value.MaxFrames(new FrameRate(codec.SampleRate, codec.Hop));
        var maxSamples = (ulong)maxFrames * (ulong)codec.Hop;
        var checks = new RequestChecks();
        var output = AudioOutput.From(config.Output, limits.Value, checks);
        checks.Require(
            !config.HasSamples
            || (config.Samples >= 1 && config.Samples <= maxSamples), "config.samples", $"is {config.Samples}, expected 1 to {maxSamples}");
        checks.Require(
            config.ContextFrames < maxFrames, "config.context_frames", $"is {config.ContextFrames}, expected less than {maxFrames}");
        checks.Require(
            config.GainDb is >= -MaxGainDb and <= MaxGainDb, "config.gain_db", $"is {config.GainDb}, expected -{MaxGainDb} to {MaxGainDb}");
        checks.ThrowIfAny();

        var tokens = requestStream.ReadDataAsync(r => r.Tokens, "tokens", cancellation);
        using var pending = load.Begin(steps: 0);
        await new DecodeRun(
            new CodecContext(model, pending, metrics, context), config, output, maxFrames, responseStream)
            .RunAsync(tokens);
    }

    public override Task<GetCodecResponse> GetCodec(GetCodecRequest request, ServerCallContext context)
    {
        using var model = models.Lease(request.Model, "model", context);
        return Task.FromResult(new GetCodecResponse
        {
            Served = models.Describe(model.Info, Precisions.Full),
            SampleRate = (uint)model.Value.SampleRate,
            Hop = (uint)model.Value.Hop,
            Codebooks = (uint)model.Value.Codebooks,
        });
    }
}
