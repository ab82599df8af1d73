using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace VampNet.Services.Hosting.Security;

/// <summary>
/// Where a server speaks HTTP/1.1 besides gRPC (configuration "Http:Port"). In clear text one port cannot have both HTTP/1.1 and HTTP/2:
/// clients agree on one of them during the handshake of TLS.
/// </summary>
/// <param name="Port">A port of its own, without TLS; 0 = none.</param>
/// <param name="IsShared">The server's own port, which has TLS, speaks HTTP/1.1 as well.</param>
public sealed record HttpPort(int Port, bool IsShared)
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Http";

    /// <summary>What is configured, before there are services.</summary>
    /// <param name="configuration">The configuration of the server.</param>
    /// <param name="usual">The port unless the configuration says otherwise; null = the server speaks gRPC alone.</param>
    /// <exception cref="OptionsValidationException">it cannot be a port</exception>
    internal static HttpPort Of(IConfiguration configuration, int? usual)
    {
        if (usual is null)
            return new HttpPort(0, IsShared: false);
        var port = configuration.GetValue($"{Section}:{nameof(Port)}", usual.Value);
        if (port is < 0 or > ushort.MaxValue)
            throw new OptionsValidationException(Section, typeof(HttpPort), ["Http:Port must be 0 to 65535"]);
        var hasTls = configuration[$"{TlsOptions.Section}:{nameof(TlsOptions.CertificatePath)}"] is not null;
        return new HttpPort(hasTls ? 0 : port, IsShared: hasTls && port > 0);
    }
}
