using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Options;
using VampNet.Client;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Hosting.Security;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Security;

/// <summary>Who may connect to a server with certificates, and which server the gateway believes to be a stage.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TestCa _ca = new();
    private readonly ManualTime _time = new();
    private readonly HeldGenerator _generator = new();

    [Fact]
    public async Task A_stage_that_asks_for_certificates_answers_only_clients_with_one_of_its_CA()
    {
        using var strangers = new TestCa("another CA");
        await using var stage = await StageAsync();
        Assert.Equal("https", stage.Address.Scheme);
        using (var known = _ca.Connect(stage.Address, _ca.Issue("gateway")))
            await AskAsync(known);
        using (var nobody = _ca.Connect(stage.Address))
            await RefusedAsync(nobody);
        // The certificate of a server is none of a client.
        using (var server = _ca.Connect(stage.Address, _ca.Issue("codec", "codec")))
            await RefusedAsync(server);
        using (var stranger = _ca.Connect(stage.Address, strangers.Issue("gateway")))
            await RefusedAsync(stranger);
    }

    [Fact]
    public async Task Whoever_connects_without_TLS_hears_nothing()
    {
        await using var stage = await StageAsync();
        using var plain = GrpcChannel.ForAddress(new UriBuilder(stage.Address) { Scheme = "http" }.Uri);
        await RefusedAsync(plain);
    }

    [Theory]
    [InlineData("dns+https:///localhost")] // at 127.0.0.1, by the name that is looked up
    [InlineData("https://localhost")]
    public async Task The_gateway_shows_its_certificate_and_asks_stages_for_the_name_that_it_calls_them_by(string target)
    {
        await using var stage = await StageAsync();
        await using var gateway = await GatewayAsync($"{target}:{stage.Address.Port}", _ca.Issue("gateway"));
        using var client = new VampNetClient(gateway.Address);
        Assert.Single(await client.ListModelsAsync());
        Assert.Equal(4u, (await client.GetModelAsync(GeneratorStage.Coarse)).Codebooks); // by route
        _generator.Permits.Release(100);
        await client.GenerateAsync(GeneratorStage.Coarse, Calls.Generation(steps: 2));
    }

    [Theory]
    [InlineData("dns+https:///localhost")]
    [InlineData("https://localhost")]
    public async Task A_stage_with_a_certificate_for_another_name_is_none(string target)
    {
        await using var stage = await StageAsync("codec");
        await using var gateway = await GatewayAsync($"{target}:{stage.Address.Port}", _ca.Issue("gateway"));
        using var client = new VampNetClient(gateway.Address);
        await UnavailableAsync(() => client.ListModelsAsync());
        await UnavailableAsync(() => client.GetModelAsync(GeneratorStage.Coarse));
    }

    [Fact]
    public async Task A_stage_with_a_certificate_of_another_CA_is_none()
    {
        using var strangers = new TestCa("another CA");
        await using var stage = await StageAsync();
        await using var gateway = await GatewayAsync($"https://localhost:{stage.Address.Port}", _ca.Issue("gateway"), strangers.Path);
        using var client = new VampNetClient(gateway.Address);
        await UnavailableAsync(() => client.ListModelsAsync());
        await UnavailableAsync(() => client.GetModelAsync(GeneratorStage.Coarse));
    }

    [Fact]
    public async Task A_certificate_that_is_replaced_is_used_for_the_next_connection_and_one_that_cannot_be_is_not()
    {
        await using var stage = await StageAsync();
        using var running = _ca.Connect(stage.Address, _ca.Issue("gateway"));
        await AskAsync(running);
        var first = await CertificateAsync(stage.Address);
        var files = _ca.Issue("stage", "localhost", "127.0.0.1");
        Assert.Equal(first, await CertificateAsync(stage.Address)); // until it looks again
        _time.Advance(ReloadedFiles<int>.Period);
        var second = await CertificateAsync(stage.Address);
        Assert.NotEqual(first, second);

        var key = File.ReadAllText(files.KeyPath);
        _ca.Issue("stage", "localhost", "127.0.0.1");
        File.WriteAllText(files.KeyPath, key); // the key of the one before: half of the files are replaced
        _time.Advance(ReloadedFiles<int>.Period);
        Assert.Equal(second, await CertificateAsync(stage.Address));
        File.Delete(files.Path);
        _time.Advance(ReloadedFiles<int>.Period);
        Assert.Equal(second, await CertificateAsync(stage.Address));
        await AskAsync(running); // its connection has lived through all of it
    }

    [Fact]
    public async Task Clients_of_a_CA_that_is_replaced_are_strangers()
    {
        using var next = new TestCa("another CA");
        await using var stage = await StageAsync();
        using (var known = _ca.Connect(stage.Address, _ca.Issue("gateway")))
            await AskAsync(known);
        File.Copy(next.Path, _ca.Path, overwrite: true);
        _time.Advance(ReloadedFiles<int>.Period);
        using (var known = _ca.Connect(stage.Address, _ca.Issue("gateway")))
            await RefusedAsync(known);
        using (var known = _ca.Connect(stage.Address, next.Issue("gateway")))
            await AskAsync(known);
    }

    [Theory]
    [InlineData("--Tls:CertificatePath=ca.crt")]
    [InlineData("--Tls:ClientCaPath=ca.crt")]
    public async Task Half_of_a_certificate_is_refused_on_start(string setting)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StageHost.StartAsync(settings: setting));
        Assert.Contains("belong together", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_are_no_certificates_are_refused_on_start()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StageHost.StartAsync(settings: [$"--Tls:CertificatePath={_ca.Path}", $"--Tls:KeyPath={_ca.Path}"]));
        Assert.Contains(_ca.Path, error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _ca.Dispose();

    /// <summary>A stage that wants certificates of the CA, and says that it is every stage.</summary>
    private Task<StageHost> StageAsync(params string[] hosts) =>
        StageAsync(_ca.Issue("stage", hosts is [] ? ["localhost", "127.0.0.1"] : hosts), _ca.Path);

    private async Task<StageHost> StageAsync(IssuedCertificate own, string authority)
    {
        var stage = await StageHost.CoarseAsync(
            _generator, _time, $"--Tls:CertificatePath={own.Path}", $"--Tls:KeyPath={own.KeyPath}", $"--Tls:ClientCaPath={authority}");
        stage.Claim(CodecService.Descriptor.FullName, FineGeneratorService.Descriptor.FullName, BeatService.Descriptor.FullName);
        return stage;
    }

    private Task<StageHost> GatewayAsync(string stages, IssuedCertificate own, string? authority = null) => StageHost.GatewayAsync(
        StageHost.Nowhere,
        [
            .. Core.StageInfo.All.Select(stage => $"--Stages:{stage.Program}={stages}"), $"--Replicas:Tls:CaPath={authority ?? _ca.Path}",
            $"--Replicas:Tls:CertificatePath={own.Path}", $"--Replicas:Tls:KeyPath={own.KeyPath}", "--Retries:PerCall=0",
        ]);

    private static async Task AskAsync(GrpcChannel channel) =>
        Assert.Equal(
            4u, (await new CoarseGeneratorService.CoarseGeneratorServiceClient(channel).GetModelAsync(new GetModelRequest())).Codebooks);

    private static async Task RefusedAsync(GrpcChannel channel)
    {
        var error = await Assert.ThrowsAsync<RpcException>(() => AskAsync(channel));
        Assert.True(error.Status.DebugException is HttpRequestException or IOException, $"{error}");
    }

    private static async Task UnavailableAsync(Func<Task> call) =>
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    /// <summary>The serial number of what a new connection is shown.</summary>
    private async Task<string> CertificateAsync(Uri server)
    {
        using var client = new TcpClient(server.Host, server.Port);
        await using var tls = new SslStream(client.GetStream());
        var options = _ca.Options();
        (options.TargetHost, options.ApplicationProtocols) = ("localhost", [SslApplicationProtocol.Http2]);
        await tls.AuthenticateAsClientAsync(options);
        return tls.RemoteCertificate!.GetSerialNumberString();
    }

    /// <summary>What scripts/dev-ca.sh makes is what programs take.</summary>
    [Fact]
    public async Task The_certificates_for_development_join_a_gateway_and_a_stage()
    {
        using var folder = new TemporaryFolder();
        using (var script = Process.Start(Path.Combine(Repository.Root, "scripts", "dev-ca.sh"), [folder.Path]))
        {
            await script.WaitForExitAsync();
            Assert.Equal(0, script.ExitCode);
        }
        Assert.All(
            ["Gateway", .. Core.StageInfo.All.Select(info => info.Program)],
            program => Assert.True(File.Exists(Issued(Kebab(program)).KeyPath), program));
        await using var stage = await StageAsync(Issued("codec"), folder.File("ca/tls.crt"));
        await using var gateway = await GatewayAsync(
            $"dns+https:///localhost:{stage.Address.Port}", Issued("gateway-client"), folder.File("ca/tls.crt"));
        using var client = new VampNetClient(gateway.Address);
        Assert.Single(await client.ListModelsAsync());

        static string Kebab(string name) =>
            string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

        IssuedCertificate Issued(string name) => new(folder.File($"{name}/tls.crt"), folder.File($"{name}/tls.key"));
    }
}
