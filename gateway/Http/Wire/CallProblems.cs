using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Mvc;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http.Wire;

/// <summary>What the end of a gRPC call says to a client of HTTP.</summary>
internal static class CallProblems
{
    /// <summary>What is said of a request that broke off, by those who do not know why; and by who does.</summary>
    private static readonly StatusCode[] s_ofBrokenRequests =
        [StatusCode.Cancelled, StatusCode.Unknown, StatusCode.Internal, StatusCode.Unavailable, StatusCode.InvalidArgument];

    /// <param name="response">with the headers of the call</param>
    /// <returns>null = the call is complete</returns>
    public static ProblemDetails? Of(HttpResponse response, TranslatedCall call)
    {
        var trailers = response.Headers.ContainsKey("grpc-status") ? response.Headers : call.Trailers;
        var hasStatus = int.TryParse(trailers["grpc-status"], CultureInfo.InvariantCulture, out var status);
        if ((!hasStatus || s_ofBrokenRequests.Contains((StatusCode)status)) && OfRequest(call.RequestError) is { } unreadable)
            return unreadable;
        if (hasStatus)
            return status == (int)StatusCode.OK
                ? null
                : Problems.Of(
                    (StatusCode)status, Uri.UnescapeDataString(trailers["grpc-message"].ToString()),
                    Details(trailers["grpc-status-details-bin"].ToString()));
        if (call.WasReset)
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "the connection to a stage failed");
        return Problems.Of(
            response.StatusCode >= StatusCodes.Status400BadRequest ? response.StatusCode : StatusCodes.Status500InternalServerError,
            "the call was not served");
    }

    /// <param name="error">that kept the request from being read</param>
    private static ProblemDetails? OfRequest(Exception? error) => error switch
    {
        InvalidRequestException invalid => Problems.Of(invalid),
        BadHttpRequestException bad => Problems.Of(bad.StatusCode, bad.Message),
        _ => null,
    };

    private static byte[] Details(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '='), bytes, out var count)
            ? bytes[..count]
            : [];
    }
}
