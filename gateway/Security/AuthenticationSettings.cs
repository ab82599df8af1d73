using Microsoft.IdentityModel.Tokens;

namespace VampNet.Gateway.Security;

/// <summary>How callers say who they are (configuration section "Authentication"); with neither, everybody may call.</summary>
public sealed class AuthenticationSettings
{
    public const string Section = "Authentication";

    /// <summary>A JSON file with the hashes of API keys (docs/services.md); null = there are none.</summary>
    public string? ApiKeysPath { get; set; }

    public JwtSettings Jwt { get; set; } = new();

    public bool IsOn => ApiKeysPath is not null || Jwt.IsOn;
}

/// <summary>Which tokens are believed (configuration section "Authentication:Jwt").</summary>
public sealed class JwtSettings
{
    private static readonly HashSet<string> Asymmetric =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256,
        SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256,
        SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>Who issues them; null = no tokens.</summary>
    public string? Issuer { get; set; }

    /// <summary>Whom they have to be for.</summary>
    public string? Audience { get; set; }

    /// <summary>A file with the issuer's public keys as a JSON Web Key Set, read again when it changes.</summary>
    public string? KeysPath { get; set; }

    /// <summary>Or the https address of its OpenID configuration, which names them.</summary>
    public string? MetadataAddress { get; set; }

    /// <summary>Algorithms of signatures, with commas: asymmetric ones only, so that no public key can pass as a secret.</summary>
    public string Algorithms { get; set; } = $"{SecurityAlgorithms.RsaSha256},{SecurityAlgorithms.EcdsaSha256}";

    /// <summary>The claim that names the tenant.</summary>
    public string TenantClaim { get; set; } = "tenant";

    /// <summary>The claim that lists the scopes, with spaces, or as often as there are scopes.</summary>
    public string ScopeClaim { get; set; } = "scope";

    public bool IsOn => Issuer is not null;

    internal string[] AllowedAlgorithms => Algorithms.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>It is off; or there are an issuer, an audience, one source of keys, with TLS where it is far, and algorithms.</summary>
    internal bool IsValid => IsOn
        ? Audience is not null && KeysPath is null != MetadataAddress is null && AllowedAlgorithms is not []
            && AllowedAlgorithms.All(Asymmetric.Contains)
            && (MetadataAddress is null
                || (Uri.TryCreate(MetadataAddress, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps))
        : (Audience ?? KeysPath ?? MetadataAddress) is null;
}
