using Grpc.Core;
using VampNet.Services.Hosting.Calls;

namespace VampNet.Services.Hosting.Drain;

/// <summary>
/// When the delay of a process that is about to end is over, new calls are refused, and calls that outlast the grace are ended, both with
/// UNAVAILABLE: whoever called may ask another replica. Health checks are answered to the end.
/// </summary>
internal sealed class DrainInterceptor(DrainCoordinator drain) : CallInterceptor
{
    // Where grpc-dotnet looks for it in contexts that are not its own.
    private const string HttpContextKey = "__HttpContext";

    protected override async Task<TResponse> AroundAsync<TResponse>(
        ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle)
    {
        if (Methods.IsHealth(context.Method))
            return await handle(context);
        if (drain.RefusesCalls)
            throw DrainCoordinator.Refused();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.GraceEnded);
        try
        {
            context.UserState[HttpContextKey] = context.GetHttpContext();
            return await handle(new LinkedCallContext(context, either.Token));
        }
        catch (Exception) when (drain.GraceEnded.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw DrainCoordinator.HandedBack();
        }
    }
}
