using System.Security.Claims;

namespace VampNet.Gateway.Security;

/// <summary>Who calls, however that was found out: a name for logs, a tenant, and scopes.</summary>
internal static class Caller
{
    private const string TenantClaim = "tenant", ScopeClaim = "scope";

    /// <param name="scheme">how the caller was found out</param>
    public static ClaimsPrincipal Create(string scheme, string name, string tenant, IEnumerable<string> scopes) => new(
        new ClaimsIdentity(
            [new(ClaimTypes.Name, name), new(TenantClaim, tenant), .. scopes.Select(scope => new Claim(ScopeClaim, scope))], scheme));

    /// <summary>Null for somebody who is not known.</summary>
    public static string? TenantOf(ClaimsPrincipal caller) => caller.FindFirst(TenantClaim)?.Value;

    public static bool Has(this ClaimsPrincipal caller, string scope) => caller.HasClaim(ScopeClaim, scope);
}
