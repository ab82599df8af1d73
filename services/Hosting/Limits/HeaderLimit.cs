using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Limits;

/// <summary>
/// Refuses a call whose headers are too large, and that call alone. Kestrel ends the connection with all its calls where a single header
/// is beyond its limit, or all are beyond twice their limit, so its limits lie far above this one.
/// </summary>
internal sealed class HeaderLimit(IOptions<MeshLimits> limits, RequestDrain drain)
{
    // What a client sends by mistake is not larger; what it sends on purpose costs its own connection.
    private const int Tolerated = 16;

    public static void Configure(KestrelServerLimits kestrel, int maxHeaderBytes)
    {
        kestrel.MaxRequestHeadersTotalSize = Tolerated / 2 * maxHeaderBytes;
        kestrel.Http2.MaxRequestHeaderFieldSize = Tolerated * maxHeaderBytes;
    }

    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var bytes = context.Request.Headers.Sum(header => header.Value.Sum(value => (long)header.Key.Length + (value?.Length ?? 0)));
        if (bytes <= limits.Value.MaxHeaderBytes)
        {
            await next(context);
            return;
        }
        if (context.IsGrpc())
        {
            await drain.EndAsync(context, RpcErrors.Refuse(
                StatusCode.ResourceExhausted, $"the headers have {bytes} bytes, the limit is {limits.Value.MaxHeaderBytes}",
                "HEADERS_TOO_LARGE"));
            return;
        }
        context.Response.StatusCode = StatusCodes.Status431RequestHeaderFieldsTooLarge;
        await drain.DrainAsync(context);
    }
}
