using Grpc.Core;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Drain;

/// <summary>
/// While the process is about to end, new calls are refused, and calls that outlast the grace are ended, both with
/// UNAVAILABLE: whoever called may ask another replica. Health checks are answered to the end.
/// </summary>
internal sealed class DrainInterceptor(DrainCoordinator drain) : CallInterceptor
{
    // Where grpc-dotnet looks for it in contexts that are not its own.
    private const string HttpContextKey = "__HttpContext";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    protected override async Task<TResponse> AroundAsync<TResponse>(
        ServerCallContext context, Func<ServerCallContext, Task<TResponse>> handle)
    {
        if (Methods.IsHealth(context.Method))
            return await handle(context);
        if (drain.HasBegun)
            throw HandBack("this replica is about to end");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, drain.GraceEnded);
        try
        {
            context.UserState[HttpContextKey] = context.GetHttpContext();
            return await handle(new DrainedCallContext(context, either.Token));
        }
        catch (Exception) when (drain.GraceEnded.IsCancellationRequested && !context.CancellationToken.IsCancellationRequested)
        {
            throw HandBack("this replica ended before the call did");
        }
    }

    private static RpcException HandBack(string message) => RpcErrors.Retry(StatusCode.Unavailable, message, "DRAINING", RetryAfter);
}
