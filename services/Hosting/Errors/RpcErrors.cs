using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using VampNet.Audio;

namespace VampNet.Services.Hosting.Errors;

/// <summary>gRPC errors with google.rpc details, in the trailer that gRPC libraries of all languages read.</summary>
public static class RpcErrors
{
    /// <summary>Domain of the <see cref="ErrorInfo"/> reasons of this project.</summary>
    public const string Domain = "vampnet.mesh";

    /// <summary>A message quotes at most this many characters, and lists at most this many names.</summary>
    private const int ShownLength = 100, ShownNames = 50;

    /// <summary>INVALID_ARGUMENT with a BadRequest that names every field.</summary>
    internal static RpcException From(InvalidRequestException error)
    {
        var badRequest = new BadRequest();
        badRequest.FieldViolations.AddRange(
            error.Violations.Select(v => new BadRequest.Types.FieldViolation { Field = v.Field, Description = v.Description }));
        return Create(StatusCode.InvalidArgument, error.Message, badRequest);
    }

    /// <summary>INVALID_ARGUMENT about the field "audio", with the kind of problem as the reason.</summary>
    internal static RpcException From(InvalidAudioException error)
    {
        var badRequest = new BadRequest
        {
            FieldViolations = { new BadRequest.Types.FieldViolation { Field = "audio", Description = error.Message } },
        };
        return Create(
            StatusCode.InvalidArgument, $"audio: {error.Message}", badRequest, Reason($"AUDIO_{UpperSnake(error.Problem.ToString())}"));
    }

    /// <summary>NOT_FOUND for the name of a model, with the field that holds it and the names that are served.</summary>
    public static RpcException UnknownModel(string field, string name, IReadOnlyCollection<string> served)
    {
        var description = $"\"{Shown(name)}\" is no model here; served are "
            + $"{string.Join(", ", served.Take(ShownNames))}{(served.Count > ShownNames ? ", …" : "")}";
        var badRequest = new BadRequest
        {
            FieldViolations = { new BadRequest.Types.FieldViolation { Field = field, Description = description } },
        };
        return Create(StatusCode.NotFound, $"{field}: {description}", badRequest, Reason("MODEL_NOT_FOUND"));
    }

    /// <summary>An error that goes away: the client may try again after <paramref name="retryAfter"/>, by default a second.</summary>
    public static RpcException Retry(StatusCode code, string message, string reason, TimeSpan? retryAfter = null) =>
        Create(code, message, Reason(reason), new RetryInfo { RetryDelay = (retryAfter ?? TimeSpan.FromSeconds(1)).ToDuration() });

    /// <summary>An error that does not go away by itself, with the reason in capitals.</summary>
    public static RpcException Refuse(StatusCode code, string message, string reason) => Create(code, message, Reason(reason));

    /// <summary>
    /// The same status and details as an error of a stage, without the headers of that hop. What this process itself says of a connection
    /// names addresses: it is for the log.
    /// </summary>
    internal static RpcException Forward(RpcException error)
    {
        var trailers = new Metadata();
        if (error.Trailers.Get(MetadataExtensions.StatusDetailsTrailerName) is { } details)
            trailers.Add(details);
        var cause = error.Status.DebugException;
        return new RpcException(
            new Grpc.Core.Status(
                // gRPC's library calls a handshake that fails INTERNAL.
                cause is HttpRequestException or IOException && error.StatusCode == StatusCode.Internal
                    ? StatusCode.Unavailable : error.StatusCode,
                cause is null or OperationCanceledException ? error.Status.Detail : "the connection to a stage failed"),
            trailers);
    }

    /// <summary>An error with any details.</summary>
    /// <param name="code">The status code, not OK.</param>
    /// <param name="message">The message for people.</param>
    /// <param name="details">The google.rpc messages, such as <see cref="ErrorInfo"/>; there may be none.</param>
    public static RpcException Create(StatusCode code, string message, params IMessage[] details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = message };
        status.Details.AddRange(details.Select(Any.Pack));
        return status.ToRpcException();
    }

    /// <summary>Puts an error in the place of what a response that has not begun says of its call.</summary>
    public static void SetError(this Microsoft.AspNetCore.Http.HttpResponse response, RpcException error)
    {
        var headers = response.Headers;
        headers["grpc-status"] = $"{(int)error.StatusCode}";
        headers["grpc-message"] = Uri.EscapeDataString(error.Status.Detail);
        foreach (var trailer in error.Trailers)
            headers[trailer.Key] = Convert.ToBase64String(trailer.ValueBytes);
    }

    private static ErrorInfo Reason(string reason) => new() { Reason = reason, Domain = Domain };

    /// <summary>Cut between characters, not in the middle of one that takes two.</summary>
    private static string Shown(string name) =>
        name.Length <= ShownLength
            ? name
            : string.Concat(name.AsSpan(0, char.IsHighSurrogate(name[ShownLength - 1]) ? ShownLength - 1 : ShownLength), "…");

    private static string UpperSnake(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{char.ToUpperInvariant(c)}"));
}

/// <summary>Reads the google.rpc details of errors.</summary>
public static class ErrorDetails
{
    /// <summary>The detail of one kind; null where there is none that can be read: it may come from a stranger.</summary>
    public static T? GetDetail<T>(this RpcException error)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return error.GetRpcStatus()?.GetDetail<T>();
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The reason that a server of the mesh gave, such as DRAINING; null = none.</summary>
    public static string? Reason(this RpcException error) =>
        error.GetDetail<ErrorInfo>() is { Domain: RpcErrors.Domain } info ? info.Reason : null;
}
