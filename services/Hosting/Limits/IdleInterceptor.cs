using Grpc.Core;
using VampNet.Services.Hosting.Calls;

namespace VampNet.Services.Hosting.Limits;

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
        WatchOf(context) is null ? requests : new WatchedReader<T>(requests, limit);

    protected override IServerStreamWriter<T> Responses<T>(IServerStreamWriter<T> responses, ServerCallContext context) =>
        WatchOf(context) is null ? responses : new WatchedWriter<T>(responses, context.GetHttpContext(), limit);

    /// <summary>Null for a call that is not watched.</summary>
    private static IdleWatch? WatchOf(ServerCallContext context) => context.GetHttpContext().Features.Get<IdleWatch>();
}
