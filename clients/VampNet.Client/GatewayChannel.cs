using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;

namespace VampNet.Client;

/// <summary>Who calls a gateway, and which gateway is believed.</summary>
public sealed record VampNetClientOptions
{
    /// <summary>The API key that goes with every call; null where the gateway asks for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>A PEM file with the CAs that may have issued the gateway's certificate; null = those that the system trusts.</summary>
    public string? CaPath { get; init; }

    /// <summary>Says nothing of the key.</summary>
    public override string ToString() => $"{nameof(VampNetClientOptions)} {{ {nameof(CaPath)} = {CaPath} }}";
}

/// <summary>Channels to a gateway.</summary>
public static class GatewayChannel
{
    private const string ApiKeyHeader = "x-api-key";

    /// <summary>A channel that opens more connections where one has all the calls that it may have.</summary>
    /// <param name="gateway">The address of the gateway, or of a stage.</param>
    /// <param name="options">Who calls it, and which gateway is believed.</param>
    /// <exception cref="ArgumentException">the key would go over a network in cleartext</exception>
    public static GrpcChannel Open(Uri gateway, VampNetClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        ArgumentNullException.ThrowIfNull(options);
        var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        if (options.CaPath is { } path)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(path);
            handler.SslOptions.CertificateChainPolicy = policy;
        }
        var channel = new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true };
        if (options.ApiKey is { } key)
        {
            var isSecret = gateway.Scheme == Uri.UriSchemeHttps;
            if (!isSecret && !gateway.IsLoopback)
                throw new ArgumentException($"an API key is sent to https addresses only, or to this machine: not to {gateway}");
            channel.UnsafeUseInsecureChannelCallCredentials = !isSecret;
            channel.Credentials = ChannelCredentials.Create(
                isSecret ? ChannelCredentials.SecureSsl : ChannelCredentials.Insecure,
                CallCredentials.FromInterceptor((_, metadata) =>
                {
                    metadata.Add(ApiKeyHeader, key);
                    return Task.CompletedTask;
                }));
        }
        return GrpcChannel.ForAddress(gateway, channel);
    }
}
