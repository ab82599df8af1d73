using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Stages;
using VampNet.Gateway.VampFiles;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Pipeline;

/// <summary>The pipeline as a gRPC service.</summary>
internal sealed class VampGrpcService(VampPipeline pipeline, ServedModels models, IOptions<MeshLimits> limits) : VampService.VampServiceBase
{
    public override async Task Vamp(
        IAsyncStreamReader<VampRequest> requestStream, IServerStreamWriter<VampResponse> responseStream, ServerCallContext context)
    {
        var config = await requestStream.ReadConfigAsync(r => r.Config, context.CancellationToken);
        var audio = requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", context.CancellationToken);
        await pipeline.VampAsync(
            config, audio, response => responseStream.WriteAsync(response, context.CancellationToken), context.StageOptions());
    }

    public override async Task<PreviewResponse> Preview(IAsyncStreamReader<PreviewRequest> requestStream, ServerCallContext context)
    {
        var config = await requestStream.ReadConfigAsync(r => r.Config, context.CancellationToken);
        var audio = requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", context.CancellationToken);
        return await pipeline.PreviewAsync(config, audio, context.StageOptions());
    }

    public override async Task<CompressResponse> Compress(IAsyncStreamReader<CompressRequest> requestStream, ServerCallContext context)
    {
        var config = await requestStream.ReadConfigAsync(r => r.Config, context.CancellationToken);
        var audio = requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", context.CancellationToken);
        return await pipeline.CompressAsync(config, audio, context.StageOptions());
    }

    public override async Task Expand(
        IAsyncStreamReader<ExpandRequest> requestStream, IServerStreamWriter<ExpandResponse> responseStream, ServerCallContext context)
    {
        var config = await requestStream.ReadConfigAsync(r => r.Config, context.CancellationToken);
        var file = requestStream.ReadDataAsync(r => r.HasFile ? r.File : null, VampFileFormat.Field, context.CancellationToken);
        await pipeline.ExpandAsync(
            config, file, response => responseStream.WriteAsync(new ExpandResponse { Event = response }, context.CancellationToken),
            context.StageOptions());
    }

    public override async Task<DescribeModelResponse> DescribeModel(DescribeModelRequest request, ServerCallContext context)
    {
        var found = await models.GetAsync(request.Model, context.StageOptions(), field: "model");
        return new DescribeModelResponse
        {
            Model = found.Codec.Served.Model,
            Codec = found.Codec,
            Coarse = found.Coarse,
            Fine = found.Fine,
            Limits = new RequestLimits
            {
                MaxSeconds = limits.Value.MaxSeconds,
                MaxAudioBytes = limits.Value.MaxAudioBytes,
                MaxSteps = limits.Value.MaxSteps,
                MaxVariations = (uint)limits.Value.MaxVariations,
                MaxFeedback = (uint)limits.Value.MaxFeedback,
                MaxFrameSteps = (ulong)limits.Value.MaxFrameSteps,
            },
        };
    }
}
