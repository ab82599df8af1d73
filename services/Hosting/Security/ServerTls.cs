using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace VampNet.Services.Hosting.Security;

/// <summary>The certificate of a server, and who may connect (configuration section "Tls").</summary>
public sealed class TlsOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Tls";

    /// <summary>A PEM file with the certificate of the server, then those between it and its CA; null = no TLS.</summary>
    public string? CertificatePath { get; set; }

    /// <summary>A PEM file with its private key.</summary>
    public string? KeyPath { get; set; }

    /// <summary>A PEM file with the CAs whose clients may connect (mutual TLS); null = whoever wants to.</summary>
    public string? ClientCaPath { get; set; }

    internal bool IsValid => (CertificatePath is null) == (KeyPath is null) && (ClientCaPath is null || CertificatePath is not null);
}

/// <summary>TLS of a server's ports. A connection gets the certificate that the files hold when it begins.</summary>
internal sealed class ServerTls
{
    private readonly ReloadedFiles<SslStreamCertificateContext>? _identity;
    private readonly ReloadedFiles<X509ChainPolicy>? _clients;

    public ServerTls(IOptions<TlsOptions> options, TimeProvider time, ILogger<ServerTls> logger)
    {
        var tls = options.Value;
        if (tls.CertificatePath is null)
            return;
        _identity = Certificates.Identity(
            tls.CertificatePath, tls.KeyPath!, chain => SslStreamCertificateContext.Create(chain[0], chain, offline: true), time, logger);
        _clients = tls.ClientCaPath is null ? null : Certificates.Authority(tls.ClientCaPath, time, logger);
    }

    /// <summary>From here on a connection is encrypted; does nothing where no certificate is configured.</summary>
    /// <param name="endpoint">Where the server listens.</param>
    /// <param name="knowsClients">True: clients need a certificate, if a CA of theirs is configured.</param>
    public void Use(ListenOptions endpoint, bool knowsClients)
    {
        if (_identity is not null)
            endpoint.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Options(knowsClients)) });
    }

    private SslServerAuthenticationOptions Options(bool knowsClients)
    {
        var clients = knowsClients ? _clients : null;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _identity!.Value,
            ClientCertificateRequired = clients is not null,
            CertificateChainPolicy = clients?.Value,
        };
    }
}

/// <summary>TLS of every server of the mesh: docs/services.md.</summary>
internal static class TlsDefaults
{
    public static void AddTls(this IServiceCollection services)
    {
        services.AddOptions<TlsOptions>().BindConfiguration(TlsOptions.Section)
            .Validate(t => t.IsValid, "Tls:CertificatePath and Tls:KeyPath belong together, and Tls:ClientCaPath needs both")
            .ValidateOnStart();
        services.AddSingleton<ServerTls>();
    }
}
