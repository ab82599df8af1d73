using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using VampNet.Gateway.Security;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http.Sockets;

/// <summary>
/// Keys and tokens of pages. A browser lets a page say nothing about a WebSocket but its address, which is logged, and the protocols that
/// it would speak: so a protocol holds the key, and another is the one that is spoken.
/// </summary>
internal static class SocketCredentials
{
    /// <summary>The protocol that is spoken; a browser wants one of those that it names to be.</summary>
    public const string Protocol = "vampnet.live.v1";

    private static readonly (string Prefix, string Header, string Scheme)[] s_kinds =
        [("vampnet.key.", ApiKeyHandler.Header, ""), ("vampnet.bearer.", HeaderNames.Authorization, "Bearer ")];

    /// <summary>Puts them where other requests have them.</summary>
    /// <exception cref="InvalidRequestException">one cannot be read</exception>
    public static void Move(IHeaderDictionary headers)
    {
        var offered = headers.GetCommaSeparatedValues(HeaderNames.SecWebSocketProtocol);
        foreach (var (prefix, header, scheme) in s_kinds)
        {
            if (offered.FirstOrDefault(protocol => Is(protocol, prefix)) is { } found)
                headers[header] = scheme + Decode(found, prefix.Length);
        }
        headers.Remove(HeaderNames.SecWebSocketProtocol);
        if (offered.Contains(Protocol))
            headers.SecWebSocketProtocol = Protocol;
    }

    private static bool Is(string protocol, string prefix) => protocol.StartsWith(prefix, StringComparison.Ordinal);

    private static string Decode(string protocol, int prefix)
    {
        try
        {
            return Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(protocol, prefix, protocol.Length - prefix));
        }
        catch (FormatException)
        {
            throw new InvalidRequestException(HeaderNames.SecWebSocketProtocol, $"\"{protocol[..prefix]}…\" is no base64url");
        }
    }
}
