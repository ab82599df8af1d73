using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Security;
using Yarp.ReverseProxy.Forwarder;

namespace VampNet.Gateway.Replicas;

/// <summary>Whom the gateway believes to be a stage, and what it shows of itself (configuration section "Replicas:Tls").</summary>
public sealed class ReplicaTlsOptions
{
    public const string Section = "Replicas:Tls";

    /// <summary>A PEM file with the CAs of the stages; null = those that the system trusts.</summary>
    public string? CaPath { get; set; }

    /// <summary>A PEM file with the certificate of the gateway, for stages that ask for one; null = none.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>A PEM file with its private key.</summary>
    public string? KeyPath { get; set; }

    internal bool IsValid => (CertificatePath is null) == (KeyPath is null);
}

/// <summary>TLS towards replicas whose addresses ask for it. Each connection gets what the files hold when it begins.</summary>
internal sealed class ReplicaTls
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280, 4.2.1.12

    private readonly ReloadedFiles<X509ChainPolicy>? _authority;
    private readonly ReloadedFiles<X509Certificate2>? _identity;

    public ReplicaTls(IOptions<ReplicaTlsOptions> options, TimeProvider time, ILogger<ReplicaTls> logger)
    {
        var tls = options.Value;
        if (tls.CaPath is not null)
            _authority = Certificates.Authority(tls.CaPath, time, logger);
        if (tls.CertificatePath is not null)
            _identity = Certificates.Identity(tls.CertificatePath, tls.KeyPath!, chain => chain[0], time, logger);
    }

    /// <summary>Those of one HTTP client.</summary>
    public SslClientAuthenticationOptions Options => new()
    {
        LocalCertificateSelectionCallback = _identity is null ? null : (_, _, _, _, _) => _identity.Value,
        RemoteCertificateValidationCallback = _authority is null ? null : IsTrusted,
    };

    /// <summary>The system's trust says nothing about a CA of one's own; that the name is right, it does.</summary>
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        using var own = new X509Chain { ChainPolicy = _authority!.Value.Clone() };
        own.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        own.ChainPolicy.ExtraStore.AddRange(chain!.ChainPolicy.ExtraStore);
        return own.Build((X509Certificate2)certificate);
    }
}

/// <summary>Calls a replica at its IP address by the name that its certificate has.</summary>
internal sealed class NamedHostHandler(string name, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Host = name;
        return base.SendAsync(request, cancellationToken);
    }
}

/// <summary>The HTTP clients of routed calls.</summary>
internal sealed class ReplicaHttpClientFactory(ReplicaTls tls) : ForwarderHttpClientFactory
{
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.SslOptions = tls.Options;
    }
}
