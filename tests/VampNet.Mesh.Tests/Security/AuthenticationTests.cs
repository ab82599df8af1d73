using System.Net;
using System.Security.Cryptography;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Microsoft.IdentityModel.Tokens;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Security;

namespace VampNet.Mesh.Tests.Security;

/// <summary>Who gets in at a gateway that asks who calls, and who does not.</summary>
public sealed class AuthenticationTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private KnownCallers _mesh = null!;

    public async Task InitializeAsync() => _mesh = await KnownCallers.StartAsync(_time);

    public async Task DisposeAsync() => await _mesh.DisposeAsync();

    [Fact]
    public async Task Without_a_key_nothing_but_health_is_answered()
    {
        using var channel = _mesh.Connect();
        var invoker = channel.CreateCallInvoker();
        foreach (var method in new[]
        {
            "vampnet.vamp.v1.VampService/Preview", "vampnet.models.v1.ModelService/ListModels", // served by the gateway
            "vampnet.generator.v1.CoarseGeneratorService/GetModel", "vampnet.codec.v1.CodecService/Encode", // routed
            "grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "vampnet.vamp.v1.VampService/Nothing", "nothing.Service/Nothing",
        })
        {
            var bytes = Marshallers.Create<byte[]>(b => b, b => b);
            var names = method.Split('/');
            var unary = new Method<byte[], byte[]>(MethodType.Unary, names[0], names[1], bytes, bytes);
            await RefusedAsync(
                () => invoker.AsyncUnaryCall(unary, null, default, []).ResponseAsync, StatusCode.Unauthenticated, "CREDENTIALS_MISSING");
        }
        Assert.Empty(_mesh.Seen);
        await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest { Service = "liveness" });

        using var http = _mesh.Http();
        foreach (var path in new[] { "/metrics", "/healthz", "/nothing" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_mesh.Gateway.Address, path)) { Version = new(2, 0) };
            using var response = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    /// <summary>Its request is never read, and so it holds nothing up.</summary>
    [Fact]
    public async Task A_stranger_who_drips_an_upload_is_refused_before_it_has_ended()
    {
        using var channel = _mesh.Connect();
        using var call = new VampService.VampServiceClient(channel).Vamp();
        var refused = RefusedAsync(() => call.ResponseStream.MoveNext(default), StatusCode.Unauthenticated, "CREDENTIALS_MISSING");
        await _time.AwaitedAsync(TimeSpan.FromSeconds(1)); // what is on its way is taken in, and thrown away
        _time.Advance(TimeSpan.FromSeconds(1));
        await refused;
        Assert.Equal(0, _mesh.Gateway.AtWork);
    }

    [Theory]
    [InlineData("studio-kex")]
    [InlineData("")]
    [InlineData("studio-key,choir-key")]
    public async Task A_key_that_is_unknown_is_refused(string key)
    {
        using var channel = _mesh.Connect();
        await RefusedAsync(
            () => new ModelService.ModelServiceClient(channel).ListModelsAsync(new(), new Metadata { { "x-api-key", key } }).ResponseAsync,
            StatusCode.Unauthenticated, "CREDENTIALS_INVALID");
    }

    [Fact]
    public async Task A_key_is_good_for_its_scopes_and_no_others()
    {
        using var reader = _mesh.Client("reader-key");
        Assert.Single(await reader.ListModelsAsync());
        await reader.GetModelAsync(GeneratorStage.Coarse); // by route
        await RefusedAsync(
            () => reader.GenerateAsync(GeneratorStage.Coarse, Calls.Generation(steps: 2)), StatusCode.PermissionDenied, "SCOPE_MISSING");
        await RefusedAsync(() => reader.RunAsync(Vamps.Config(), Sounds.Chord(0.1)), StatusCode.PermissionDenied, "SCOPE_MISSING");

        using var studio = _mesh.Client("studio-key");
        _mesh.Generator.Permits.Release(10);
        await studio.GenerateAsync(GeneratorStage.Coarse, Calls.Generation(steps: 2));
        using var channel = _mesh.Connect();
        using var reflection = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo(
            new Metadata { { "x-api-key", "studio-key" } });
        await reflection.RequestStream.CompleteAsync();
        await RefusedAsync(() => reflection.ResponseStream.MoveNext(default), StatusCode.PermissionDenied, "SCOPE_MISSING");
    }

    [Fact]
    public async Task A_token_is_believed_for_its_tenant_and_its_scopes()
    {
        using var client = _mesh.Client();
        var token = KnownCallers.WithToken(_mesh.Token());
        Assert.Single(await client.ListModelsAsync(token));
        await client.GetModelAsync(GeneratorStage.Coarse, options: token);
        Assert.All(_mesh.Seen, headers => Assert.Equal("orchestra", headers["x-vampnet-tenant"]));
        await RefusedAsync(
            () => client.RunAsync(Vamps.Config(), Sounds.Chord(0.1), token), StatusCode.PermissionDenied, "SCOPE_MISSING");
    }

    [Theory]
    [InlineData("expired", "TOKEN_EXPIRED")]
    [InlineData("not valid yet", "CREDENTIALS_INVALID")]
    [InlineData("without an end", "CREDENTIALS_INVALID")]
    [InlineData("of another issuer", "CREDENTIALS_INVALID")]
    [InlineData("for another audience", "CREDENTIALS_INVALID")]
    [InlineData("signed by another key", "CREDENTIALS_INVALID")]
    [InlineData("unsigned", "CREDENTIALS_INVALID")]
    [InlineData("signed with the public key as a secret", "CREDENTIALS_INVALID")]
    [InlineData("changed", "CREDENTIALS_INVALID")]
    [InlineData("without a tenant", "CREDENTIALS_INVALID")]
    [InlineData("with a tenant that is none", "CREDENTIALS_INVALID")]
    public async Task A_token_is_refused_that_is(string what, string reason)
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var secret = new SymmetricSecurityKey([.. _mesh.PublicKey.Q.X!, .. _mesh.PublicKey.Q.Y!]);
        var token = what switch
        {
            "expired" => _mesh.Token(t => t.Expires = DateTime.UtcNow.AddMinutes(-1)),
            "not valid yet" => _mesh.Token(t => t.NotBefore = DateTime.UtcNow.AddMinutes(1)),
            "without an end" => _mesh.Token(t => t.Expires = null),
            "of another issuer" => _mesh.Token(t => t.Issuer = "https://elsewhere.test"),
            "for another audience" => _mesh.Token(t => t.Audience = "somebody-else"),
            "signed by another key" => _mesh.Token(
                key: new SigningCredentials(new ECDsaSecurityKey(foreign), SecurityAlgorithms.EcdsaSha256)),
            "unsigned" => $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{_mesh.Token().Split('.')[1]}.",
            "signed with the public key as a secret" => _mesh.Token(
                key: new SigningCredentials(secret, SecurityAlgorithms.HmacSha256)),
            "changed" => Changed(_mesh.Token()),
            "without a tenant" => _mesh.Token(t => t.Claims.Remove("tenant")),
            _ => _mesh.Token(t => t.Claims["tenant"] = "a choir"),
        };
        using var client = _mesh.Client();
        await RefusedAsync(() => client.ListModelsAsync(KnownCallers.WithToken(token)), StatusCode.Unauthenticated, reason);
        Assert.Empty(_mesh.Seen);

        // Its signature is for what it was.
        static string Changed(string token)
        {
            var parts = token.Split('.');
            var claims = Base64UrlEncoder.Decode(parts[1]).Replace("orchestra", "studio", StringComparison.Ordinal);
            return $"{parts[0]}.{Base64UrlEncoder.Encode(claims)}.{parts[2]}";
        }
    }

    [Fact]
    public async Task The_tenant_is_the_callers_whatever_it_says_and_its_key_goes_no_further()
    {
        using var studio = _mesh.Client("studio-key");
        var spoofed = new CallOptions(new Metadata { { "x-vampnet-tenant", "choir" }, { "x-vampnet-models", "default" } });
        await studio.ListModelsAsync(spoofed);
        await studio.GetModelAsync(GeneratorStage.Coarse, options: spoofed);
        var twice = new CallOptions(new Metadata { { "x-vampnet-tenant", "choir" }, { "x-vampnet-tenant", "reader" } });
        await studio.GetModelAsync(GeneratorStage.Coarse, options: twice);
        // However it writes that, what reaches the stage is the same.
        foreach (var (path, type) in new[]
        {
            ("GetModel", "Application/gRPC"), ("getmodel", "application/grpc"), ("GetModel", "text/plain"),
        })
        {
            using var http = _mesh.Http();
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri(_mesh.Gateway.Address, $"vampnet.generator.v1.CoarseGeneratorService/{path}"))
            {
                Version = new(2, 0),
                Content = new ByteArrayContent(RawCalls.Frame([])) { Headers = { { "content-type", type } } },
                Headers = { { "x-api-key", "studio-key" }, { "X-VampNet-Tenant", "choir" } },
            };
            using var response = await http.SendAsync(request);
        }
        Assert.Equal(4 + 2 + 3, _mesh.Seen.Count); // ListModels asks four stages, which are one here
        Assert.All(_mesh.Seen, headers =>
        {
            Assert.Equal("studio", headers["x-vampnet-tenant"]);
            Assert.DoesNotContain(headers.Keys, key => key is "x-api-key" or "authorization" or "x-vampnet-models");
        });
    }

    [Fact]
    public async Task Keys_that_are_replaced_are_known_soon_and_a_file_that_cannot_be_read_changes_nothing()
    {
        using var studio = _mesh.Client("studio-key");
        using var newcomer = _mesh.Client("new-key");
        _mesh.WriteKeys(("new-key", "newcomer", ["models:read"]));
        await studio.ListModelsAsync();
        _time.Advance(ReloadedFiles<int>.Period);
        await RefusedAsync(() => studio.ListModelsAsync(), StatusCode.Unauthenticated, "CREDENTIALS_INVALID");
        await newcomer.ListModelsAsync();
        _mesh.WriteKeys(("other-key", "other", ["everything"])); // no such scope
        _time.Advance(ReloadedFiles<int>.Period);
        await newcomer.ListModelsAsync();
    }

    [Fact]
    public async Task A_flood_of_strangers_costs_its_senders_an_answer_each_and_disturbs_nobody()
    {
        using var channel = _mesh.Connect();
        var models = new ModelService.ModelServiceClient(channel);
        var strangers = Enumerable.Range(0, 500).Select(_ => RefusedAsync(
            () => models.ListModelsAsync(new ListModelsRequest()).ResponseAsync, StatusCode.Unauthenticated, "CREDENTIALS_MISSING"));
        using var studio = _mesh.Client("studio-key");
        await Task.WhenAll([.. strangers, studio.ListModelsAsync()]);
        Assert.Equal(0, _mesh.Gateway.AtWork);
    }

    private static async Task RefusedAsync(Func<Task> call, StatusCode status, string reason)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((status, reason), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
        Assert.Equal("vampnet.mesh", error.Detail<ErrorInfo>()!.Domain);
    }
}
