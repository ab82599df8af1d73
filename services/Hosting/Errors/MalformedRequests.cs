using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace VampNet.Services.Hosting.Errors;

/// <summary>
/// Requests whose bytes are no message of their method. gRPC's library reads the one message of a call without a stream of requests
/// before any interceptor runs, and reports what it cannot read as UNKNOWN or INTERNAL: here both become INVALID_ARGUMENT.
/// </summary>
internal sealed class MalformedRequests(ILogger<MalformedRequests> logger, TimeProvider time)
{
    // Whoever sends one may send thousands.
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long? _lastLine;
    private int _unlogged;

    /// <summary>Gives calls that end before they reach their handler a status that says so.</summary>
    public async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is null)
        {
            await next(context);
            return;
        }
        var call = new CallProgress();
        context.Features.Set(call);
        await next(context);
        var response = context.Response;
        if (!call.IsHandled && !response.HasStarted && !context.RequestAborted.IsCancellationRequested
            && ReadProblem(response) is { } problem)
            response.SetError(Refuse(context.Request.Path, problem));
    }

    /// <summary>The call has reached its handler, or what goes around that.</summary>
    public static void IsHandled(ServerCallContext context)
    {
        if (context.GetHttpContext().Features.Get<CallProgress>() is { } call)
            call.IsHandled = true;
    }

    /// <summary>INVALID_ARGUMENT, and a line in the log unless there was one just now.</summary>
    /// <param name="method">The method as in the path of the call.</param>
    /// <param name="problem">What is wrong, for the person who sent it.</param>
    public RpcException Refuse(string method, string problem)
    {
        if (TakeLine(out var unlogged))
            ErrorLog.RequestMalformed(logger, method, problem, unlogged);
        return RpcErrors.Refuse(StatusCode.InvalidArgument, $"the request cannot be read: {problem}", "REQUEST_MALFORMED");
    }

    /// <summary>What an exception while a message was read says about the message; null where it says nothing about it.</summary>
    public static string? Problem(Exception error) => error switch
    {
        InvalidProtocolBufferException => "a message does not parse",
        InvalidDataException => "a message is framed or compressed wrongly",
        IOException { Message: var message } when message.StartsWith("Message too large", StringComparison.Ordinal) =>
            "a message claims more bytes than a message can have",
        RpcException { StatusCode: StatusCode.Internal } framing => framing.Status.Detail,
        _ => null,
    };

    private static string? ReadProblem(HttpResponse response) => response.Headers["grpc-status"].ToString() switch
    {
        "2" => "its message does not parse, or is compressed wrongly", // UNKNOWN: the library met an exception
        "13" => Uri.UnescapeDataString(response.Headers["grpc-message"].ToString()), // INTERNAL: it says what
        _ => null,
    };

    private bool TakeLine(out int unlogged)
    {
        lock (_lock)
        {
            unlogged = _unlogged;
            if (_lastLine is { } last && time.GetElapsedTime(last) < BetweenLines)
            {
                _unlogged++;
                return false;
            }
            (_lastLine, _unlogged) = (time.GetTimestamp(), 0);
            return true;
        }
    }

    private sealed class CallProgress
    {
        public bool IsHandled { get; set; }
    }
}

/// <summary>A stream of requests, each of which must be a message.</summary>
internal sealed class MessageReader<T>(IAsyncStreamReader<T> requests, string method, MalformedRequests malformed) : IAsyncStreamReader<T>
{
    public T Current => requests.Current;

    /// <exception cref="RpcException">INVALID_ARGUMENT: the next one is none</exception>
    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        try
        {
            return await requests.MoveNext(cancellationToken);
        }
        catch (Exception error) when (MalformedRequests.Problem(error) is not null)
        {
            throw malformed.Refuse(method, MalformedRequests.Problem(error)!);
        }
    }
}
