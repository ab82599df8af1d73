using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using VampNet.Core;
using VampNet.Gateway;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Security;

/// <summary>A gateway that asks an OpenID provider for the keys of tokens.</summary>
public sealed class IssuerTests : IAsyncLifetime, IDisposable
{
    private readonly TestCa _ca = new();
    private TestIssuer _issuer = null!;
    private StageHost _stage = null!;

    public async Task InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync(_ca);
        _stage = await StageHost.CoarseAsync(new HeldGenerator());
    }

    public async Task DisposeAsync()
    {
        await _stage.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    public void Dispose() => _ca.Dispose();

    [Fact]
    public async Task Tokens_of_the_provider_are_believed_and_no_others()
    {
        await using var gateway = await GatewayAsync();
        await AskAsync(gateway, TestIssuer.Token(_issuer.Name, _issuer.Signature));
        var foreign = new SigningCredentials(TestIssuer.NewKey(), SecurityAlgorithms.EcdsaSha256);
        await RefusedAsync(gateway, TestIssuer.Token(_issuer.Name, foreign));
        await RefusedAsync(gateway, TestIssuer.Token("https://elsewhere.test", _issuer.Signature));
        await RefusedAsync(gateway, TestIssuer.Token(_issuer.Name, _issuer.Signature, token => token.Audience = "somebody-else"));
        var past = DateTime.UtcNow.AddMinutes(-1);
        await RefusedAsync(gateway, TestIssuer.Token(_issuer.Name, _issuer.Signature, token => token.Expires = past), "TOKEN_EXPIRED");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_key_that_is_new_is_looked_for_and_one_that_is_withdrawn_is_none()
    {
        await using var gateway = await GatewayAsync();
        var old = TestIssuer.Token(_issuer.Name, _issuer.Signature);
        await AskAsync(gateway, old);
        _issuer.Rotate();
        var token = TestIssuer.Token(_issuer.Name, _issuer.Signature);
        // The first such token has the keys fetched; it may be too early itself.
        while (await IsRefusedAsync(gateway, token))
            await Task.Yield();
        await RefusedAsync(gateway, old);
    }

    [Fact(Timeout = 60_000)]
    public async Task While_the_provider_is_away_nobody_is_believed_and_afterwards_those_who_should_be()
    {
        await using var gateway = await GatewayAsync();
        var (name, port) = (_issuer.Name, new Uri(_issuer.Name).Port);
        await _issuer.DisposeAsync();
        await RefusedAsync(gateway, TestIssuer.Token(name, _issuer.Signature));
        _issuer = await TestIssuer.StartAsync(_ca, port);
        await AskAsync(gateway, TestIssuer.Token(name, _issuer.Signature));
    }

    [Theory]
    [InlineData("http://issuer.test/.well-known/openid-configuration")] // whoever is on the way could put in keys of his own
    [InlineData("issuer")]
    public async Task An_address_without_TLS_is_refused_on_start(string address)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayAsync(address));
        Assert.Contains("Authentication:Jwt", error.Message, StringComparison.Ordinal);
        Assert.Contains("MetadataAddress", error.Message, StringComparison.Ordinal);
    }

    private Task<StageHost> GatewayAsync(string? metadata = null) => StageHost.ListenAsync(
        b =>
        {
            b.AddGateway();
            // As if the CA were among those that the system trusts.
            b.Services.Configure<JwtBearerOptions>(
                JwtBearerDefaults.AuthenticationScheme, jwt => jwt.BackchannelHttpHandler = _ca.Handler());
        },
        a => a.MapGateway(),
        settings:
        [
            .. StageInfo.All.Select(stage => $"--Stages:{stage.Program}={_stage.Address.GetLeftPart(UriPartial.Authority)}"),
            $"--Authentication:Jwt:Issuer={_issuer.Name}", $"--Authentication:Jwt:Audience={KnownCallers.Audience}",
            $"--Authentication:Jwt:MetadataAddress={metadata ?? _issuer.Metadata}",
        ]);

    private static async Task AskAsync(StageHost gateway, string token) => await new CoarseGeneratorService.CoarseGeneratorServiceClient(
        gateway.Channel).GetModelAsync(new GetModelRequest(), KnownCallers.WithToken(token));

    private static async Task RefusedAsync(StageHost gateway, string token, string reason = "CREDENTIALS_INVALID")
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => AskAsync(gateway, token));
        Assert.Equal((StatusCode.Unauthenticated, reason), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
    }

    private static async Task<bool> IsRefusedAsync(StageHost gateway, string token)
    {
        try
        {
            await AskAsync(gateway, token);
            return false;
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.Unauthenticated)
        {
            return true;
        }
    }
}
