using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Security;

/// <summary>Somebody who issues tokens and publishes the keys for them as OpenID Connect Discovery says: a server with TLS.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile ECDsaSecurityKey _key = NewKey();

    private TestIssuer(WebApplication app) => _app = app;

    /// <summary>Its name in tokens, and its address.</summary>
    public string Name => _app.Urls.Single();

    /// <summary>Where its configuration is.</summary>
    public string Metadata => $"{Name}/.well-known/openid-configuration";

    /// <summary>What it signs with.</summary>
    public SigningCredentials Signature => new(_key, SecurityAlgorithms.EcdsaSha256);

    public static async Task<TestIssuer> StartAsync(TestCa ca, int port = 0)
    {
        var own = ca.Issue("issuer", "127.0.0.1");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, port, listen => listen.UseHttps(X509Certificate2.CreateFromPemFile(own.Path, own.KeyPath))));
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        app.Run(context => context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => context.Response.WriteAsJsonAsync(
                new { issuer = issuer.Name, jwks_uri = $"{issuer.Name}/keys" }),
            "/keys" => context.Response.WriteAsync(KeySet(issuer._key)),
            _ => context.Response.WriteAsync("nothing"),
        });
        await app.StartAsync();
        return issuer;
    }

    /// <summary>Signs with another key from now on, and publishes that one alone.</summary>
    public void Rotate() => _key = NewKey();

    /// <summary>A token that is in order, with a change.</summary>
    public static string Token(string issuer, SigningCredentials key, Action<SecurityTokenDescriptor>? change = null)
    {
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = KnownCallers.Audience,
            NotBefore = DateTime.UtcNow.AddMinutes(-10),
            Expires = DateTime.UtcNow.AddMinutes(10),
            Claims = new Dictionary<string, object> { ["sub"] = "somebody", ["tenant"] = "orchestra", ["scope"] = "tokens models:read" },
            SigningCredentials = key,
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    /// <summary>A JSON Web Key Set of the public half of a key.</summary>
    public static string KeySet(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return System.Text.Json.JsonSerializer.Serialize(new
        {
            keys = new[]
            {
                new
                {
                    kty = "EC",
                    crv = "P-256",
                    kid = key.KeyId,
                    x = Base64UrlEncoder.Encode(point.X),
                    y = Base64UrlEncoder.Encode(point.Y),
                },
            },
        });
    }

    /// <summary>One with a name that tokens carry.</summary>
    public static ECDsaSecurityKey NewKey() =>
        new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)) };

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
