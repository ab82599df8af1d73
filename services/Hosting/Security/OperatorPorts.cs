using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace VampNet.Services.Hosting.Security;

/// <summary>Where those who run a server find its metrics and its health (configuration section "Metrics").</summary>
public sealed class MetricsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Metrics";

    /// <summary>A port of their own for HTTP/1.1, which is what Prometheus and the probes of Kubernetes speak; 0 = none.</summary>
    public int Port { get; set; }

    /// <summary>That port has TLS, with the certificate of the server; clients need none.</summary>
    public bool Tls { get; set; }
}

/// <summary>Where those who run a server find what it serves (configuration section "Reflection").</summary>
public sealed class ReflectionOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Reflection";

    /// <summary>A port of its own for HTTP/2, which is what gRPC speaks; 0 = none.</summary>
    public int Port { get; set; }
}

/// <summary>Ports for those who run a server: what is theirs is answered there alone, and nothing else is.</summary>
/// <param name="Metrics">For HTTP/1.1: metrics and health; 0 = at the server's own port.</param>
/// <param name="Reflection">For HTTP/2: server reflection; 0 = at the server's own port if metrics are, otherwise nowhere.</param>
/// <param name="HasTls">Both have TLS with the certificate of the server; clients need no certificate.</param>
internal sealed record OperatorPorts(int Metrics, int Reflection, bool HasTls)
{
    public IEnumerable<int> All => new[] { Metrics, Reflection }.Where(port => port > 0);

    public bool HasReflection => Reflection > 0 || Metrics == 0;

    /// <summary>Those that are configured, before there are services.</summary>
    /// <exception cref="OptionsValidationException">they cannot be ports</exception>
    public static OperatorPorts Of(IConfiguration configuration)
    {
        var metrics = configuration.GetSection(MetricsOptions.Section).Get<MetricsOptions>() ?? new MetricsOptions();
        var reflection = configuration.GetSection(ReflectionOptions.Section).Get<ReflectionOptions>() ?? new ReflectionOptions();
        return metrics.Port is >= 0 and <= ushort.MaxValue && reflection.Port is >= 0 and <= ushort.MaxValue
            && (metrics.Port == 0 || metrics.Port != reflection.Port)
                ? new OperatorPorts(metrics.Port, reflection.Port, metrics.Tls)
                : throw new OptionsValidationException(
                    MetricsOptions.Section, typeof(MetricsOptions), ["Metrics:Port and Reflection:Port must be 0 to 65535, and differ"]);
    }
}

/// <summary>The port that an endpoint is answered at.</summary>
internal sealed record EndpointPort(int Port);

/// <summary>Tells requests of those who run a server from all others.</summary>
public static class OperatorRequests
{
    /// <summary>Whether a request came to a port that is for operators alone.</summary>
    public static bool IsForOperators(this HttpContext context) =>
        context.RequestServices.GetRequiredService<OperatorPorts>().All.Contains(context.Connection.LocalPort);
}

internal static class OperatorEndpoints
{
    /// <summary>Answers these at a port of their own, to whoever reaches it; 0 = at the server's port, like all others.</summary>
    public static void At(this IEndpointConventionBuilder endpoints, int port)
    {
        if (port > 0)
            endpoints.WithMetadata(new EndpointPort(port), new AllowAnonymousAttribute());
    }
}

/// <summary>
/// Keeps endpoints apart by the port of the connection. What ASP.NET Core has for it, RequireHost, goes by a header that clients write.
/// </summary>
internal sealed class PortMatcherPolicy(OperatorPorts ports) : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 0;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => ports.All.Any();

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var local = httpContext.Connection.LocalPort;
        var own = ports.All.Contains(local) ? local : 0;
        for (var i = 0; i < candidates.Count; i++)
        {
            if ((candidates[i].Endpoint.Metadata.GetMetadata<EndpointPort>()?.Port ?? 0) != own)
                candidates.SetValidity(i, false);
        }
        return Task.CompletedTask;
    }
}
