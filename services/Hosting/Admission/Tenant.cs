using Grpc.Core;
using Microsoft.Extensions.Primitives;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Services.Hosting.Admission;

/// <summary>On whose behalf a call is made, as the metadata header says that whoever authenticates has set.</summary>
/// <param name="Header">The name of the metadata header that names the tenant.</param>
/// <param name="Name">The name of the tenant; empty where the header is missing: all such calls share one tenant.</param>
public sealed record Tenant(string Header, string Name)
{
    /// <summary>Longest name.</summary>
    public const int MaxLength = 64;

    private static readonly object Key = typeof(Tenant);

    /// <summary>The tenant of a call that was let in; null for a health check.</summary>
    public static Tenant? Of(ServerCallContext context) => context.UserState.TryGetValue(Key, out var tenant) ? (Tenant)tenant : null;

    /// <summary>The header again, for calls on behalf of the same tenant.</summary>
    public Metadata ToMetadata() => Name.Length == 0 ? [] : new Metadata { { Header, Name } };

    /// <exception cref="InvalidRequestException">the header is there twice, or holds no name</exception>
    internal static Tenant Read(ServerCallContext context, string header)
    {
        if (!TryRead(context.RequestHeaders.GetAll(header).Select(value => value.Value).ToArray(), out var name))
            throw new InvalidRequestException(
                header, $"the metadata header must be one name of at most {MaxLength} letters, digits, '.', '_' and '-'");
        var tenant = new Tenant(header, name);
        context.UserState[Key] = tenant;
        return tenant;
    }

    /// <summary>Whether a tenant may be called so.</summary>
    public static bool IsName(string name) => name.Length is > 0 and <= MaxLength && name.All(IsAllowed);

    /// <summary>The tenant that the values of the header name.</summary>
    /// <param name="values">The values of the header, of which there should be one or none.</param>
    /// <param name="name">The name; empty where there is no header.</param>
    /// <returns>Whether they name one.</returns>
    public static bool TryRead(StringValues values, out string name)
    {
        name = values.Count == 0 ? "" : values[0] ?? "";
        return values.Count <= 1 && (name.Length == 0 || IsName(name));
    }

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';
}
