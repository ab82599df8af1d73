using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace VampNet.Services.Hosting.Security;

/// <summary>Where a server listens.</summary>
public static class Listening
{
    // Images of .NET set it.
    private const string InContainer = "DOTNET_RUNNING_IN_CONTAINER";

    /// <summary>Whether an address, such as http://localhost:5100, can be reached from this machine only.</summary>
    public static bool IsLoopback(string url) =>
        BindingAddress.Parse(url).Host is var host
        && (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));

    /// <summary>
    /// Unless the configuration says where, a server listens on this machine's loopback, and in a container on every interface. The ports
    /// for HTTP/1.1 and for operators are open to the same side.
    /// </summary>
    internal static void UseAddresses(this WebApplicationBuilder builder, int port, HttpPort http, OperatorPorts operators)
    {
        var configuration = builder.Configuration;
        if (configuration[WebHostDefaults.ServerUrlsKey] is null && !configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            builder.WebHost.UseUrls($"http://{(configuration[InContainer] is "true" or "1" ? "*" : "localhost")}:{port}");
        var urls = (builder.WebHost.GetSetting(WebHostDefaults.ServerUrlsKey) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries);
        var host = urls.All(IsLoopback) ? "localhost" : "*";
        int[] more = [.. http.Port > 0 ? [http.Port] : Array.Empty<int>(), .. operators.All];
        builder.WebHost.UseUrls([.. urls, .. more.Select(own => $"http://{host}:{own}")]);
    }
}
