using Grpc.Core;

namespace VampNet.Services.Hosting.Errors;

/// <summary>
/// Takes in what a client still sends when its call has failed already. Without, the server resets the stream; data that
/// crosses the reset on the wire is a protocol error, and that ends the connection with all other calls on it.
/// </summary>
internal static class RequestDrain
{
    // A file on a fast network; whoever sends on without end hears of the error then.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public static async Task DrainAsync<TRequest>(IAsyncStreamReader<TRequest> requests, TimeProvider time, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            while (await requests.MoveNext(either.Token))
            {
            }
        }
        catch (Exception error) when (error is RpcException or OperationCanceledException or InvalidOperationException or IOException)
        {
            // The end of the stream, whatever it is called.
        }
    }
}
