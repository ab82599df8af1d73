using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Xds.Service.Orca.V3;
using HealthContract = Grpc.Health.V1.Health;

namespace VampNet.Services.Hosting.Telemetry.Rpc;

/// <summary>Measures every call, with the status that its caller sees: it goes around what maps errors.</summary>
internal sealed class RpcTelemetryInterceptor(RpcMetrics metrics, StageName stage, TimeProvider time) : Interceptor
{
    // Asked by those who watch the server, not by those who want something of it.
    private static readonly string[] Watching = [$"/{HealthContract.Descriptor.FullName}/", $"/{OpenRcaService.Descriptor.FullName}/"];

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => continuation(requestStream, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => NothingAsync(continuation(request, responseStream, context)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        MeasureAsync(context, () => NothingAsync(continuation(requestStream, responseStream, context)));

    private async Task<TResponse> MeasureAsync<TResponse>(ServerCallContext context, Func<Task<TResponse>> call)
    {
        var started = time.GetTimestamp();
        if (Watching.Any(service => context.Method.StartsWith(service, StringComparison.Ordinal)))
            RpcSpans.Suppress(context.GetHttpContext());
        try
        {
            var response = await call();
            End(context, started, context.Status);
            return response;
        }
        catch (RpcException error)
        {
            End(context, started, error.Status);
            if (RefusalReason.Of(error) is { } reason)
                metrics.Refused(Method(context), error.StatusCode, reason);
            throw;
        }
    }

    private void End(ServerCallContext context, long started, Status status)
    {
        metrics.Ended(Method(context), status.StatusCode, time.GetElapsedTime(started));
        RpcSpans.Describe(context.GetHttpContext(), stage, Method(context), status.StatusCode, status.Detail);
    }

    private static string Method(ServerCallContext context) => context.Method.TrimStart('/');

    private static async Task<bool> NothingAsync(Task call)
    {
        await call;
        return true;
    }
}
