using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Hosting.Security;

namespace VampNet.Gateway.Security;

/// <summary>One key as the file has it.</summary>
/// <param name="Name">of whoever holds it, for logs</param>
/// <param name="Scopes">what it is good for: <see cref="Scopes"/></param>
/// <param name="Sha256">of the key's bytes, as 64 hexadecimal digits; the key itself is nowhere</param>
internal sealed record ApiKey(
    [property: JsonRequired] string Name, [property: JsonRequired] string Tenant, [property: JsonRequired] string[] Scopes,
    [property: JsonRequired] string Sha256);

/// <summary>The keys that are known, read again when their file changes.</summary>
internal sealed class ApiKeys(IOptions<AuthenticationSettings> settings, TimeProvider time, ILogger<ApiKeys> logger)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, // a misspelt field says nothing otherwise
    };

    private readonly ReloadedFiles<IReadOnlyList<(byte[] Hash, ApiKey Key)>> _keys =
        new([settings.Value.ApiKeysPath!], files => Read(files[0]), time, logger);

    /// <summary>Takes as long whichever key it is, or none: keys are compared by their hashes, all of them, in constant time.</summary>
    public ApiKey? Find(string presented)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(presented));
        ApiKey? found = null;
        foreach (var (own, key) in _keys.Value)
            found = CryptographicOperations.FixedTimeEquals(hash, own) ? key : found;
        return found;
    }

    private static IReadOnlyList<(byte[] Hash, ApiKey Key)> Read(byte[] file)
    {
        var keys = JsonSerializer.Deserialize<ApiKey[]>(file, Json) ?? [];
        foreach (var key in keys)
        {
            if (!Tenant.IsName(key.Tenant) || key.Sha256.Length != 2 * SHA256.HashSizeInBytes || !key.Sha256.All(char.IsAsciiHexDigit))
                throw new InvalidDataException($"\"{key.Name}\" needs a tenant, and a SHA-256 of 64 hexadecimal digits");
            if (key.Scopes.FirstOrDefault(scope => !Scopes.All.Contains(scope)) is { } unknown)
                throw new InvalidDataException(
                    $"\"{key.Name}\" has the scope \"{unknown}\", expected some of {string.Join(", ", Scopes.All)}");
        }
        return [.. keys.Select(key => (Convert.FromHexString(key.Sha256), key))];
    }
}

/// <summary>Callers that send a key as <c>x-api-key</c>.</summary>
internal sealed class ApiKeyHandler(
    ApiKeys keys, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "ApiKey", Header = "x-api-key";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        var sent = Request.Headers[Header];
        if (sent.Count == 0)
            return AuthenticateResult.NoResult();
        return sent.Count == 1 && keys.Find(sent[0] ?? "") is { } key
            ? AuthenticateResult.Success(new AuthenticationTicket(Caller.Create(Name, key.Name, key.Tenant, key.Scopes), Name))
            : AuthenticateResult.Fail("the API key is unknown");
    }
}
