using System.Security.Cryptography;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;
using VampNet.Client;
using VampNet.Core;
using VampNet.Gateway;
using VampNet.Gateway.Stages;
using VampNet.Mesh.Tests.Stages;
using VampNet.Model.Sampling;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Services.CoarseGenerator;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Security;

/// <summary>A gateway that asks for keys and tokens, over TLS, and one stage behind it that says that it is every stage.</summary>
internal sealed class KnownCallers : IAsyncDisposable
{
    public const string Issuer = "https://issuer.test", Audience = "vampnet";

    private readonly TestCa _ca = new();
    private readonly TemporaryFolder _folder = new();
    private readonly ECDsaSecurityKey _issuerKey = TestIssuer.NewKey();

    public HeldGenerator Generator { get; } = new();

    public StageHost Gateway { get; private set; } = null!;

    public StageHost Stage { get; private set; } = null!;

    /// <summary>Headers of the calls that reached the stage, but for those on nobody's behalf.</summary>
    public List<IHeaderDictionary> Seen { get; } = [];

    /// <summary>The public key of whoever issues tokens.</summary>
    public ECParameters PublicKey => _issuerKey.ECDsa.ExportParameters(includePrivateParameters: false);

    private string KeysFile => _folder.File("keys.json");

    /// <param name="time">of the gateway; null = the system's</param>
    /// <param name="settings">more configuration of the gateway</param>
    public static async Task<KnownCallers> StartAsync(TimeProvider? time = null, params string[] settings)
    {
        var callers = new KnownCallers();
        callers.WriteKeys(
            ("studio-key", "studio", ["vamp", "preview", "tokens", "models:read"]),
            ("choir-key", "choir", ["vamp", "preview", "tokens", "models:read"]),
            ("reader-key", "reader", ["models:read"]), ("operator-key", "operator", ["operate"]));
        File.WriteAllText(callers._folder.File("jwks.json"), TestIssuer.KeySet(callers._issuerKey));
        callers.Stage = await StageHost.StartAsync(
            b => b.AddCoarseGenerator().UseModel<ITokenGenerator>(callers.Generator), a => callers.See(a).MapCoarseGenerator());
        callers.Stage.Claim(CodecService.Descriptor.FullName, FineGeneratorService.Descriptor.FullName, BeatService.Descriptor.FullName);
        var own = callers._ca.Issue("gateway", "127.0.0.1");
        callers.Gateway = await StageHost.StartAsync(
            b => b.AddGateway(), a => a.MapGateway(), time,
            [
                .. StageInfo.All.Select(s => $"--Stages:{s.Program}={callers.Stage.Address.GetLeftPart(UriPartial.Authority)}"),
                $"--Tls:CertificatePath={own.Path}", $"--Tls:KeyPath={own.KeyPath}", $"--Authentication:ApiKeysPath={callers.KeysFile}",
                $"--Authentication:Jwt:Issuer={Issuer}", $"--Authentication:Jwt:Audience={Audience}",
                $"--Authentication:Jwt:KeysPath={callers._folder.File("jwks.json")}", .. settings,
            ]);
        return callers;
    }

    /// <summary>Such a gateway in front of all these stages.</summary>
    public static Task<KnownCallers> InFrontOfAsync(StageAddresses stages) =>
        StartAsync(null, [.. stages.Select(stage => $"--Stages:{stage.Key}={stage.Value}")]);

    /// <summary>Replaces the keys that are known.</summary>
    public void WriteKeys(params (string Key, string Tenant, string[] Scopes)[] keys) => ApiKeyFile.Write(KeysFile, keys);

    /// <summary>To the gateway, with a key.</summary>
    public VampNetClient Client(string? key = null) =>
        new(Gateway.Address, new VampNetClientOptions { ApiKey = key, CaPath = _ca.Path });

    /// <summary>To the gateway, with nothing but what a test sends.</summary>
    public GrpcChannel Connect() => _ca.Connect(Gateway.Address);

    /// <summary>HTTP to the gateway.</summary>
    public HttpClient Http() => new(_ca.Handler());

    public static CallOptions WithToken(string token) => new(new Metadata { { "authorization", $"Bearer {token}" } });

    /// <summary>A token that is believed, with a change.</summary>
    /// <param name="key">null = the issuer's</param>
    public string Token(Action<SecurityTokenDescriptor>? change = null, SigningCredentials? key = null) =>
        TestIssuer.Token(Issuer, key ?? new SigningCredentials(_issuerKey, SecurityAlgorithms.EcdsaSha256), change);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Stage.DisposeAsync();
        _ca.Dispose();
        _folder.Dispose();
        _issuerKey.ECDsa.Dispose();
    }

    private WebApplication See(WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments("/grpc.health.v1.Health")
                && !context.Request.Path.StartsWithSegments("/xds.service.orca.v3.OpenRcaService"))
            {
                lock (Seen)
                    Seen.Add(new HeaderDictionary(context.Request.Headers.ToDictionary()));
            }
            return next(context);
        });
        return app;
    }
}
