using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Limits;

/// <summary>
/// Gives a call that makes something and brings no deadline one, as if its client had sent it: so it holds here, at the stages that are
/// asked on its behalf, and at the stage that it is routed to. Sessions go on without one.
/// </summary>
internal sealed class DefaultDeadline(IOptions<MeshLimits> limits)
{
    private const string Header = "grpc-timeout";

    // In milliseconds: at most eight digits, as gRPC allows.
    private readonly string _timeout = string.Create(CultureInfo.InvariantCulture, $"{limits.Value.DefaultDeadlineSeconds * 1000:0}m");

    public Task AddAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (context.IsGrpc() && !request.Headers.ContainsKey(Header) && Methods.IsWork(request.Path)
            && !Methods.IsSession(request.Path))
            request.Headers[Header] = _timeout;
        return next(context);
    }
}
