using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Limits;

/// <summary>How long a server waits for a client that neither sends nor takes anything.</summary>
internal sealed class IdleLimit(IOptions<MeshLimits> limits, TimeProvider time)
{
    public TimeSpan Longest { get; } = TimeSpan.FromSeconds(limits.Value.IdleSeconds);

    public TimeProvider Time => time;

    /// <summary>Watches gRPC calls that are served here, from before their first message to after their last.</summary>
    public async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is null)
        {
            await next(context);
            return;
        }
        using var call = new IdleWatch(context, this);
        context.Features.Set(call);
        await next(context);
        call.Explain();
    }

    /// <param name="did">such as "sent"</param>
    public RpcException Error(string did) =>
        RpcErrors.Refuse(StatusCode.Aborted, $"the client {did} nothing for {Longest.TotalSeconds:0.###} s", "CLIENT_IDLE");
}
