using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace VampNet.Testing;

/// <summary>A certificate authority for one test, and what it issues, as PEM files in a folder that goes with it.</summary>
public sealed class TestCa : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1", ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly TemporaryFolder _folder = new();
    private readonly X509Certificate2 _authority;

    public TestCa(string name = "test CA")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        File.WriteAllText(Path, _authority.ExportCertificatePem());
    }

    /// <summary>The certificate of the CA.</summary>
    public string Path => _folder.File("ca.crt");

    /// <summary>A certificate and its key, in the place of what was issued for that name before.</summary>
    /// <param name="name">the files are NAME.crt and NAME.key</param>
    /// <param name="hosts">DNS names and addresses of a server; none: a client, which is no server</param>
    public IssuedCertificate Issue(string name, params string[] hosts)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(hosts.Length > 0 ? ServerAuthentication : ClientAuthentication)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
                names.AddIpAddress(address);
            else
                names.AddDnsName(host);
        }
        if (hosts.Length > 0)
            request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        var certificate = new IssuedCertificate(_folder.File($"{name}.crt"), _folder.File($"{name}.key"));
        File.WriteAllText(certificate.Path, issued.ExportCertificatePem());
        File.WriteAllText(certificate.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    /// <summary>A channel to a server with a certificate of this CA.</summary>
    /// <param name="client">who calls; null = somebody without a certificate</param>
    public GrpcChannel Connect(Uri server, IssuedCertificate? client = null) => GrpcChannel.ForAddress(
        server, new GrpcChannelOptions { HttpHandler = Handler(client), DisposeHttpClient = true });

    /// <summary>What HTTP clients need for that.</summary>
    public SocketsHttpHandler Handler(IssuedCertificate? client = null) => new() { SslOptions = Options(client) };

    /// <summary>What any client needs for that.</summary>
    public SslClientAuthenticationOptions Options(IssuedCertificate? client = null)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { _authority },
        };
        var certificates = client is null
            ? null
            : new X509CertificateCollection { X509Certificate2.CreateFromPemFile(client.Path, client.KeyPath) };
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy, ClientCertificates = certificates };
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }
}

/// <summary>A certificate and its key in PEM files.</summary>
public sealed record IssuedCertificate(string Path, string KeyPath);
