using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Mvc;
using VampNet.Gateway.Http.Answers;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Verbs;
using VampNet.Gateway.Http.Wire;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http;

/// <summary>
/// Hands requests of the HTTP API on as the gRPC calls that they stand for, and makes their responses of what the calls answer. So both
/// go through one door, and everything that is served is served once.
/// </summary>
internal static class HttpTranslation
{
    private const string Format = "format", Timeout = "timeout_seconds", Api = "/v1";

    private const double LongestSeconds = 86_400;

    /// <summary>What is said of a request that broke off, by those who do not know why; and by who does.</summary>
    private static readonly StatusCode[] s_ofBrokenRequests =
        [StatusCode.Cancelled, StatusCode.Unknown, StatusCode.Internal, StatusCode.Unavailable, StatusCode.InvalidArgument];

    /// <summary>A middleware, before the one that finds out what is called.</summary>
    public static async Task TranslateAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments(Api, StringComparison.Ordinal))
        {
            await next(context);
            return;
        }
        var response = new ClientResponse(context);
        var query = new QueryForm(context.Request.Query, "config");
        if (Refusal(context, query, out var verb, out var name, out var wanted, out var timeout) is { } problem)
            await response.WriteAsync(problem);
        else
            await CallAsync(context, next, response, verb!, name, query, wanted!, timeout);
    }

    private static async Task CallAsync(
        HttpContext context, RequestDelegate next, ClientResponse response, HttpVerb verb, string name, QueryForm query,
        Acceptance wanted, string? timeout)
    {
        using var answer = verb.Answer(response, wanted);
        var messages = verb.Read(context.Request, name, query, wanted);
        var call = new TranslatedCall(context, verb.GrpcPath, timeout, messages, verb.Method.OutputType.Parser, answer);
        ProblemDetails? problem;
        await using (call)
        {
            await next(context);
            await call.Writer.FlushAsync();
            problem = ProblemOf(context, call);
        }
        if (context.RequestAborted.IsCancellationRequested)
            return;
        if (problem is null)
            await answer.EndAsync();
        else if (answer.HasBegun)
            await answer.FailAsync(problem);
        else
            await response.WriteAsync(problem);
    }

    /// <summary>What is wrong with a request whatever its body says; null = nothing.</summary>
    private static ProblemDetails? Refusal(
        HttpContext context, QueryForm query, out HttpVerb? verb, out string name, out Acceptance? wanted, out string? timeout)
    {
        var request = context.Request;
        (wanted, timeout, name) = (null, null, "");
        var path = request.Path.Value!;
        verb = HttpVerbs.All.FirstOrDefault(v => v.Matches(path, out _));
        if (verb is null)
            return Problems.Of(StatusCodes.Status404NotFound, Suggestions.Unknown(path, [.. HttpVerbs.All.Select(v => v.Path)]));
        verb.Matches(path, out name);
        if (!verb.HttpMethods.Contains(request.Method))
        {
            context.Response.Headers.Allow = string.Join(", ", verb.HttpMethods);
            return Problems.Of(StatusCodes.Status405MethodNotAllowed, $"{path} takes {string.Join(" or ", verb.HttpMethods)}");
        }
        if (CrossOrigin.IsForeign(request))
            return Problems.Of(
                StatusCodes.Status403Forbidden, "pages of this origin may not ask: Http:Cors:Origins says which may", "ORIGIN_NOT_ALLOWED");
        if (request.Headers.ContentEncoding.Count > 0 || !verb.Takes(request.ContentType))
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "the body must be an audio file by itself (Content-Type: audio/… or application/octet-stream, curl -T FILE), or a form "
                    + "(multipart/form-data, curl -F audio=@FILE), without a Content-Encoding");
        try
        {
            wanted = Acceptance.Of(verb.Offers, request.Headers.Accept, query.Take(Format));
            timeout = TimeoutOf(query);
        }
        catch (InvalidRequestException error)
        {
            return Problems.Of(error);
        }
        return wanted is not null
            ? null
            : Problems.Of(
                StatusCodes.Status406NotAcceptable,
                $"there is {string.Join(", ", verb.Offers.Select(offer => offer.MediaType).Distinct())}, none of which is accepted");
    }

    /// <summary>As gRPC writes it: at most eight digits, in milliseconds.</summary>
    private static string? TimeoutOf(QueryForm query)
    {
        if (query.Take(Timeout) is not { } text)
            return null;
        return double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= LongestSeconds
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, seconds * 1000):0}m")
            : throw new InvalidRequestException(Timeout, $"is \"{text}\", expected seconds, above 0, at most {LongestSeconds}");
    }

    /// <summary>How a call ended; null = well.</summary>
    private static ProblemDetails? ProblemOf(HttpContext context, TranslatedCall call)
    {
        var headers = context.Response.Headers;
        var trailers = headers.ContainsKey("grpc-status") ? headers : call.Trailers;
        var hasStatus = int.TryParse(trailers["grpc-status"], CultureInfo.InvariantCulture, out var status);
        if (call.RequestError is InvalidRequestException invalid && (!hasStatus || s_ofBrokenRequests.Contains((StatusCode)status)))
            return Problems.Of(invalid);
        if (hasStatus)
            return status == (int)StatusCode.OK
                ? null
                : Problems.Of(
                    (StatusCode)status, Uri.UnescapeDataString(trailers["grpc-message"].ToString()),
                    Details(trailers["grpc-status-details-bin"].ToString()));
        if (call.WasReset)
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "the connection to a stage failed");
        return Problems.Of(
            context.Response.StatusCode >= StatusCodes.Status400BadRequest
                ? context.Response.StatusCode
                : StatusCodes.Status500InternalServerError, "the call was not served");
    }

    private static byte[] Details(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='), bytes, out var count)
            ? bytes[..count]
            : [];
    }
}
