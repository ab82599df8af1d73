using Grpc.Core;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Streams;

namespace VampNet.Gateway.Pipeline;

/// <summary>The pipeline as a gRPC service.</summary>
internal sealed class VampGrpcService(VampPipeline pipeline) : VampService.VampServiceBase
{
    public override async Task Vamp(IAsyncStreamReader<VampRequest> requestStream, IServerStreamWriter<VampResponse> responseStream, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var config = await requestStream.ReadConfigAsync(r => r.Config, cancellation);
        var audio = requestStream.ReadDataAsync(r => r.HasAudio ? r.Audio : null, "audio", cancellation);
        // The stages get the caller's deadline and end with the call.
        var options = new CallOptions(deadline: context.Deadline == DateTime.MaxValue ? null : context.Deadline, cancellationToken: cancellation);
        await pipeline.RunAsync(config, audio, response => responseStream.WriteAsync(response, cancellation), options);
    }
}
