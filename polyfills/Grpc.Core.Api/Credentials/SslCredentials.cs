namespace Grpc.Core;

/// <summary>TLS; null root certificates mean the system's.</summary>
public sealed class SslCredentials(string? rootCertificates, KeyCertificatePair? keyCertificatePair, VerifyPeerCallback? verifyPeerCallback) : ChannelCredentials
{
    public SslCredentials() : this(null)
    {
    }

    public SslCredentials(string? rootCertificates) : this(rootCertificates, null)
    {
    }

    public SslCredentials(string? rootCertificates, KeyCertificatePair? keyCertificatePair) : this(rootCertificates, keyCertificatePair, null)
    {
    }

    /// <summary>PEM, or null.</summary>
    public string? RootCertificates { get; } = rootCertificates;

    public KeyCertificatePair? KeyCertificatePair { get; } = keyCertificatePair;

    internal override bool IsComposable => true;

    public override void InternalPopulateConfiguration(ChannelCredentialsConfiguratorBase configurator, object state) =>
        configurator.SetSslCredentials(state, RootCertificates, KeyCertificatePair, verifyPeerCallback);
}

/// <summary>A client certificate and its key, both PEM.</summary>
public sealed class KeyCertificatePair(string certificateChain, string privateKey)
{
    public string CertificateChain { get; } = certificateChain ?? throw new ArgumentNullException(nameof(certificateChain));

    public string PrivateKey { get; } = privateKey ?? throw new ArgumentNullException(nameof(privateKey));
}

/// <summary>What a peer check sees.</summary>
public class VerifyPeerContext
{
    internal VerifyPeerContext(string targetName, string peerPem) => (TargetName, PeerPem) = (targetName, peerPem);

    public string TargetName { get; }

    public string PeerPem { get; }
}

/// <summary>Accepts or refuses the peer's certificate.</summary>
public delegate bool VerifyPeerCallback(VerifyPeerContext context);
