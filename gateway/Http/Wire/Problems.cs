using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http.Wire;

/// <summary>Errors as RFC 9457 has them, with what gRPC says of them: the reason, the fields, and when to come again.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    private const string Reason = "reason", RetryAfter = "retry_after", Errors = "errors";

    // Never part of a page: quotes need no more than a backslash.
    private static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int ClientClosedRequest = 499;

    /// <summary>Statuses of HTTP that say more of an error than that of gRPC.</summary>
    private static readonly Dictionary<string, int> ByReason = new()
    {
        ["CLIENT_IDLE"] = StatusCodes.Status408RequestTimeout,
        ["CLIENT_SLOW"] = StatusCodes.Status408RequestTimeout,
        ["UPLOAD_TOO_LONG"] = StatusCodes.Status408RequestTimeout,
        ["AUDIO_TOO_LONG"] = StatusCodes.Status413PayloadTooLarge,
        ["HEADERS_TOO_LARGE"] = StatusCodes.Status431RequestHeaderFieldsTooLarge,
    };

    /// <param name="detail">for the person who sent the request</param>
    /// <param name="reason">for programs, in capitals</param>
    public static ProblemDetails Of(int status, string detail, string? reason = null)
    {
        var problem = new ProblemDetails
        {
            Type = "about:blank",
            Title = status == ClientClosedRequest ? "Client Closed Request" : ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = detail,
        };
        if (reason is not null)
            problem.Extensions[Reason] = reason;
        return problem;
    }

    public static ProblemDetails Of(InvalidRequestException error) => Of(
        StatusCodes.Status400BadRequest, error.Message, null, error.Violations.Select(v => (v.Field, v.Description)));

    /// <param name="details">google.rpc.Status; empty = there are none</param>
    public static ProblemDetails Of(StatusCode code, string message, byte[] details)
    {
        var status = Parse(details);
        var (reason, fields) = (status?.GetDetail<ErrorInfo>()?.Reason, status?.GetDetail<BadRequest>()?.FieldViolations ?? []);
        var problem = Of(
            reason is not null && ByReason.TryGetValue(reason, out var own) ? own : StatusOf(code), message, reason,
            fields.Select(v => (v.Field, v.Description)));
        if (status?.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan() is { } delay)
            problem.Extensions[RetryAfter] = delay.TotalSeconds;
        return problem;
    }

    public static byte[] ToJson(ProblemDetails problem) => JsonSerializer.SerializeToUtf8Bytes(problem, Json);

    /// <summary>The whole response.</summary>
    public static Task WriteAsync(this ClientResponse response, ProblemDetails problem)
    {
        if (problem.Extensions.TryGetValue(RetryAfter, out var seconds))
            response.Headers.RetryAfter = $"{Math.Ceiling((double)seconds!):0}";
        if (problem.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        response.Begin(problem.Status!.Value, ContentType);
        return response.WriteAsync(ToJson(problem));
    }

    private static ProblemDetails Of(int status, string detail, string? reason, IEnumerable<(string Field, string Description)> fields)
    {
        var problem = Of(status, detail, reason);
        var errors = fields.GroupBy(f => f.Field).ToDictionary(f => f.Key, f => f.Select(v => v.Description).ToArray());
        if (errors.Count > 0)
            problem.Extensions[Errors] = errors;
        return problem;
    }

    /// <summary>As google.rpc.Code has them.</summary>
    private static int StatusOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Cancelled => ClientClosedRequest,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static Google.Rpc.Status? Parse(byte[] details)
    {
        try
        {
            return details.Length == 0 ? null : Google.Rpc.Status.Parser.ParseFrom(details);
        }
        catch (InvalidProtocolBufferException)
        {
            return null; // of a stranger
        }
    }
}
