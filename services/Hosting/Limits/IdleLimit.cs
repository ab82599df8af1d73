using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Limits;

/// <summary>How long a server waits for a client that neither sends nor takes anything.</summary>
internal sealed class IdleLimit(IOptions<MeshLimits> limits, TimeProvider time)
{
    public TimeSpan Longest { get; } = TimeSpan.FromSeconds(limits.Value.IdleSeconds);

    /// <summary>How long an upload may let its call wait, all its messages together.</summary>
    public TimeSpan LongestUpload { get; } = TimeSpan.FromSeconds(limits.Value.MaxUploadSeconds);

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

    /// <summary>An upload that has taken its grace and does not send enough to be worth waiting for.</summary>
    /// <param name="bytes">The number of bytes that came.</param>
    /// <param name="waited">How long the call waited for them.</param>
    public bool IsTooSlow(long bytes, TimeSpan waited) =>
        bytes < limits.Value.MinUploadBytesPerSecond * (waited.TotalSeconds - limits.Value.UploadGraceSeconds);

    public RpcException TooSlow(long bytes, TimeSpan waited) => RpcErrors.Refuse(
        StatusCode.Aborted,
        $"the client sent {bytes} bytes in {waited.TotalSeconds:0.###} s, less than {limits.Value.MinUploadBytesPerSecond:0.###} a second",
        "CLIENT_SLOW");

    public RpcException TooLong() => RpcErrors.Refuse(
        StatusCode.Aborted, $"the client did not end its upload within {LongestUpload.TotalSeconds:0.###} s", "UPLOAD_TOO_LONG");

    /// <param name="did">What the client did not do, such as "sent".</param>
    public RpcException Error(string did) =>
        RpcErrors.Refuse(StatusCode.Aborted, $"the client {did} nothing for {Longest.TotalSeconds:0.###} s", "CLIENT_IDLE");
}

/// <summary>Ends calls whose clients let them wait; time that a call works, or waits for its turn, does not count.</summary>
internal sealed class IdleInterceptor(IdleLimit limit) : CallInterceptor
{
    protected override async Task<TResponse> AroundAsync<TResponse>(
        ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle)
    {
        var watch = WatchOf(context);
        watch?.Pause();
        try
        {
            return await handle(context);
        }
        finally
        {
            watch?.Resume();
        }
    }

    protected override IAsyncStreamReader<T> Requests<T>(IAsyncStreamReader<T> requests, ServerCallContext context) =>
        WatchOf(context) is null ? requests : new WatchedReader<T>(requests, limit, Methods.IsSession(context.Method));

    protected override IServerStreamWriter<T> Responses<T>(IServerStreamWriter<T> responses, ServerCallContext context) =>
        WatchOf(context) is null ? responses : new WatchedWriter<T>(responses, context.GetHttpContext(), limit);

    /// <summary>Null for a call that is not watched.</summary>
    private static IdleWatch? WatchOf(ServerCallContext context) => context.GetHttpContext().Features.Get<IdleWatch>();
}
