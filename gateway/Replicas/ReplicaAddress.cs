using System.Net;

namespace VampNet.Gateway.Replicas;

/// <summary>Where replicas of a stage are: one of them at an http or https address, or all of them behind a DNS name.</summary>
/// <param name="Target">such as https://codec:5101; or dns:///codec:5101 in gRPC's notation, with TLS dns+https:///codec:5101</param>
internal sealed record ReplicaAddress(Uri Target)
{
    private const string Dns = "dns", SecureDns = "dns+https";

    private static readonly char[] Separators = [',', ';'];

    /// <summary>Replicas may come and go behind it: it is to be resolved again and again.</summary>
    public bool IsName => Target.Scheme is Dns or SecureDns;

    /// <summary>All addresses of a list that commas or semicolons separate.</summary>
    /// <param name="key">of the configuration, for the error</param>
    /// <exception cref="InvalidOperationException">the list is empty, or holds something that is no address</exception>
    public static IReadOnlyList<ReplicaAddress> ParseList(string key, string list)
    {
        var addresses = list.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => Parse(key, text)).Distinct().ToList();
        return addresses.Count > 0 ? addresses : throw new InvalidOperationException($"{key} is empty");
    }

    /// <summary>
    /// The replicas that are there now. With TLS, the DNS name stands in the fragment of each, https://10.0.0.7:5101/#codec: certificates
    /// are for names.
    /// </summary>
    public async Task<IReadOnlyList<Uri>> ResolveAsync(
        Func<string, CancellationToken, Task<IPAddress[]>> lookup, CancellationToken cancellationToken)
    {
        if (!IsName)
            return [Target];
        var name = NameOf(Target)!;
        var found = await lookup(name.Host, cancellationToken);
        var (scheme, fragment) = Target.Scheme == SecureDns ? (Uri.UriSchemeHttps, name.Host) : (Uri.UriSchemeHttp, "");
        return [.. found.Select(address => new UriBuilder(scheme, address.ToString(), name.Port) { Fragment = fragment }.Uri)];
    }

    /// <summary>The name that a replica is to be called by instead of its address; null = its address says it.</summary>
    public static string? NameOfReplica(Uri address) => address.Fragment.TrimStart('#') is { Length: > 0 } name ? name : null;

    private static ReplicaAddress Parse(string key, string text)
    {
        var isAddress = Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps
                || (uri.Scheme is Dns or SecureDns && NameOf(uri) is not null));
        return isAddress
            ? new ReplicaAddress(uri!)
            : throw new InvalidOperationException(
                $"{key} \"{text}\" is no http or https address, nor one such as dns:///name:port or dns+https:///name:port");
    }

    /// <summary>Host and port stand in the path: what stands before it would be the DNS server to ask.</summary>
    private static Uri? NameOf(Uri uri) =>
        uri.Host.Length == 0 && Uri.TryCreate($"http://{uri.AbsolutePath.TrimStart('/')}", UriKind.Absolute, out var name)
            && name is { AbsolutePath: "/", IsDefaultPort: false } ? name : null;
}
