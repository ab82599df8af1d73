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
    private const string Format = "format", Api = "/v1";

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
        var parser = verb.Method.OutputType.Parser;
        await response.EndAsync(
            answer, await TranslatedCall.RunAsync(context, next, verb.GrpcPath, timeout, messages, parser, answer));
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
            return Problems.Of(
                StatusCodes.Status404NotFound, Suggestions.Unknown(path, [.. HttpVerbs.All.Select(v => v.Path), LiveSockets.Path]));
        verb.Matches(path, out name);
        if (!verb.HttpMethods.Contains(request.Method))
        {
            context.Response.Headers.Allow = string.Join(", ", verb.HttpMethods);
            return Problems.Of(StatusCodes.Status405MethodNotAllowed, $"{path} takes {string.Join(" or ", verb.HttpMethods)}");
        }
        if (CrossOrigin.Refusal(request) is { } foreign)
            return foreign;
        if (request.Headers.ContentEncoding.Count > 0 || !verb.Takes(request.ContentType))
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "the body must be an audio file by itself (Content-Type: audio/… or application/octet-stream, curl -T FILE), or a form "
                    + "(multipart/form-data, curl -F audio=@FILE), without a Content-Encoding");
        try
        {
            wanted = Acceptance.Of(verb.Offers, request.Headers.Accept, query.Take(Format));
            timeout = query.TakeTimeout();
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
}
