using Grpc.Core;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Streams;

namespace VampNet.Gateway.Pipeline;

/// <summary>The pipeline as a gRPC service.</summary>
internal sealed class VampGrpcService(VampPipeline pipeline) : VampService.VampServiceBase
{
    public override async Task Vamp(IAsyncStreamReader<VampRequest> requestStream, IServerStreamWriter<VampResponse> responseStream, ServerCallContext context)
    {
        var config = await requestStream.ReadConfigAsync(r => r.Config, context.CancellationToken);
        var audio = requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", context.CancellationToken);
        await pipeline.VampAsync(config, audio, response => responseStream.WriteAsync(response, context.CancellationToken), StageOptions(context));
    }

    public override async Task<PreviewResponse> Preview(IAsyncStreamReader<PreviewRequest> requestStream, ServerCallContext context)
    {
        var config = await requestStream.ReadConfigAsync(r => r.Config, context.CancellationToken);
        var audio = requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", context.CancellationToken);
        return await pipeline.PreviewAsync(config, audio, StageOptions(context));
    }

    /// <summary>The stages get the caller's deadline and end with the call.</summary>
    private static CallOptions StageOptions(ServerCallContext context) =>
        new(deadline: context.Deadline == DateTime.MaxValue ? null : context.Deadline, cancellationToken: context.CancellationToken);
}
