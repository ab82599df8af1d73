using System.Collections.Concurrent;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Reflection.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;
using VampNet.Client;
using VampNet.Mesh.Tests.Support;
using VampNet.Model.Sampling;
using VampNet.Protos.Beats.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Models.V1;
using VampNet.Services.CoarseGenerator;

namespace VampNet.Mesh.Tests.Stages;

/// <summary>Who gets a permit of a server, and who does not.</summary>
public sealed class AdmissionTests
{
    private const string Header = "x-vampnet-tenant";

    private HeldGenerator Generator { get; } = new();

    [Fact]
    public async Task A_full_stage_refuses_at_admission_and_says_when_to_come_again()
    {
        await using var stage = await StartAsync("--Admission:MaxCalls=2", "--Admission:MaxCallsPerTenant=2");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var one = await BeginAsync(stage, client, atWork: 1);
        using var other = await BeginAsync(stage, client, atWork: 2);
        var refused = await RefusedAsync(client, "QUEUE_FULL");
        Assert.Contains("2 calls are at work", refused.Status.Detail, StringComparison.Ordinal);
        await RefusedAsync(client, "QUEUE_FULL", "a");

        other.Dispose();
        await stage.AtWorkAsync(1);
        using var third = await BeginAsync(stage, client, atWork: 2);
        await RefusedAsync(client, "QUEUE_FULL");
    }

    [Fact]
    public async Task A_full_stage_still_answers_questions_and_health_checks()
    {
        await using var stage = await StartAsync("--Admission:MaxCalls=1");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var running = await BeginAsync(stage, client, atWork: 1);
        Assert.Equal(4u, (await client.GetModelAsync(new GetModelRequest())).Codebooks);
        Assert.Single((await new ModelService.ModelServiceClient(stage.Channel).ListModelsAsync(new ListModelsRequest())).Models);
        Assert.Equal(
            HealthCheckResponse.Types.ServingStatus.Serving,
            (await new Health.HealthClient(stage.Channel).CheckAsync(new HealthCheckRequest())).Status);
        Assert.Equal(1, stage.AtWork);
    }

    [Fact]
    public async Task A_tenant_may_have_a_quarter_of_all_calls_unless_configured()
    {
        await using var stage = await StartAsync("--Admission:MaxCalls=8");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var one = await BeginAsync(stage, client, atWork: 1);
        using var other = await BeginAsync(stage, client, atWork: 2);
        await RefusedAsync(client, "TENANT_QUEUE_FULL");
        using var somebody = await BeginAsync(stage, client, atWork: 3, "a");
    }

    [Fact]
    public async Task A_tenant_may_take_its_own_permits_only()
    {
        await using var stage = await StartAsync("--Admission:MaxCalls=3", "--Admission:MaxCallsPerTenant=1");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var nameless = await BeginAsync(stage, client, atWork: 1);
        using var first = await BeginAsync(stage, client, atWork: 2, "a");
        await RefusedAsync(client, "TENANT_QUEUE_FULL", "a");
        await RefusedAsync(client, "TENANT_QUEUE_FULL");
        using var second = await BeginAsync(stage, client, atWork: 3, "b.B_9-");
        await RefusedAsync(client, "QUEUE_FULL", "c");

        first.Dispose();
        await stage.AtWorkAsync(2);
        using var again = await BeginAsync(stage, client, atWork: 3, "a");
    }

    [Fact]
    public async Task A_permit_is_free_again_however_its_call_ends()
    {
        await using var stage = await StartAsync("--Admission:MaxCalls=1");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        var invalid = Request();
        invalid.Sampling.Steps = 0;
        await EndsAsync(StatusCode.InvalidArgument, client.Generate(invalid).ResponseStream.ReadToEndAsync());
        await EndsAsync(StatusCode.Internal, client.EmbedAsync(new EmbedRequest { Tokens = Tokens.Of(4, 10, _ => 0) }).ResponseAsync);
        using var late = client.Generate(Request(), deadline: DateTime.UtcNow.AddSeconds(0.3));
        await EndsAsync(StatusCode.DeadlineExceeded, late.ResponseStream.ReadToEndAsync());
        using (var given = await BeginAsync(stage, client, atWork: 1))
            Assert.Equal(
                1, (await PrometheusPage.GetAsync(stage.Address))
                .Sum("vampnet_rpc_active", "rpc_method=\"vampnet.generator.v1.CoarseGeneratorService/Generate\""));
        await stage.AtWorkAsync(0);
        Generator.Permits.Release(100);
        await client.Generate(Request()).ResponseStream.ReadToEndAsync();
        await stage.AtWorkAsync(0);
        Assert.Equal(0, (await PrometheusPage.GetAsync(stage.Address)).Sum("vampnet_rpc_active"));

        async Task EndsAsync(StatusCode status, Task call)
        {
            Assert.Equal(status, (await Assert.ThrowsAsync<RpcException>(() => call)).StatusCode);
            await stage.AtWorkAsync(0);
        }
    }

    [Fact]
    public async Task Refusals_at_admission_are_counted_by_reason()
    {
        await using var stage = await StartAsync("--Admission:MaxCalls=2", "--Admission:MaxCallsPerTenant=1");
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        using var one = await BeginAsync(stage, client, atWork: 1, "a");
        await RefusedAsync(client, "TENANT_QUEUE_FULL", "a");
        using var other = await BeginAsync(stage, client, atWork: 2, "b");
        await RefusedAsync(client, "QUEUE_FULL", "c");
        var page = await PrometheusPage.GetAsync(stage.Address);
        foreach (var reason in new[] { "QUEUE_FULL", "TENANT_QUEUE_FULL" })
            Assert.Equal(
                1, page.Sum(
                    "vampnet_rpc_refusals_total", $"vampnet_reason=\"{reason}\"", "rpc_response_status_code=\"RESOURCE_EXHAUSTED\""));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x")]
    public async Task A_name_that_is_none_is_an_invalid_argument(string tenant)
    {
        await using var stage = await StartAsync();
        var client = new CoarseGeneratorService.CoarseGeneratorServiceClient(stage.Channel);
        await Errors.InvalidAsync(
            () => client.GetModelAsync(new GetModelRequest(), new Metadata { { Header, tenant } }).ResponseAsync, Header);
        await Errors.InvalidAsync(
            () => client.GetModelAsync(new GetModelRequest(), new Metadata { { Header, "a" }, { Header, "b" } }).ResponseAsync, Header);
        Assert.Equal(4u, (await client.GetModelAsync(new GetModelRequest(), new Metadata
        {
            { Header, "0123456789012345678901234567890123456789012345678901234567890123" },
        })).Codebooks);
    }

    [Fact]
    public async Task The_gateway_names_the_tenant_to_the_stages_in_calls_that_it_makes_and_in_those_that_it_routes()
    {
        var seen = new ConcurrentQueue<(string Path, string Tenant)>();
        await using var stage = await StageHost.StartAsync(
            b => b.AddCoarseGenerator().UseModel<ITokenGenerator>(Generator), a => See(a).MapCoarseGenerator(),
            settings: "--Admission:TenantHeader=x-team");
        stage.Claim(CodecService.Descriptor.FullName, FineGeneratorService.Descriptor.FullName, BeatService.Descriptor.FullName);
        await using var gateway = await StageHost.GatewayAsync(stage.Address, "--Admission:TenantHeader=x-team");
        using var client = new VampNetClient(gateway.Address);
        var options = new CallOptions(new Metadata { { "x-team", "orchestra" } });

        Assert.Single(await client.ListModelsAsync(options));
        await client.GetModelAsync(GeneratorStage.Coarse, options: options);
        Generator.Permits.Release(100);
        await client.GenerateAsync(GeneratorStage.Coarse, Request(), options: options);
        // The stage is no codec, which the pipeline learns first.
        await Assert.ThrowsAsync<RpcException>(() => client.RunAsync(Vamps.Config(), Sounds.Chord(0.1), options));
        foreach (var method in new[] { "ListModels", "GetModel", "Generate", "GetCodec" })
            Assert.Contains(seen, call => call.Path.EndsWith($"/{method}", StringComparison.Ordinal));
        Assert.All(seen, call => Assert.Equal("orchestra", call.Tenant));

        var bad = options.WithHeaders(new Metadata { { "x-team", "a choir" } });
        await Errors.InvalidAsync(() => client.ListModelsAsync(bad), "x-team");
        await Errors.InvalidAsync(() => client.GetModelAsync(GeneratorStage.Coarse, options: bad), "x-team");

        WebApplication See(WebApplication app)
        {
            app.Use((context, next) =>
            {
                // Watching is on nobody's behalf.
                if (!context.Request.Path.StartsWithSegments("/grpc.health.v1.Health")
                    && !context.Request.Path.StartsWithSegments("/xds.service.orca.v3.OpenRcaService"))
                    seen.Enqueue((context.Request.Path, context.Request.Headers["x-team"].ToString()));
                return next(context);
            });
            return app;
        }
    }

    [Fact]
    public async Task The_gateway_has_permits_of_its_own()
    {
        await using var gateway = await StageHost.GatewayAsync(
            StageHost.Nowhere, "--Admission:MaxCalls=1", "--Retries:PerCall=1000000", "--Retries:PerRequest=1000000",
            "--Retries:Tokens=1000000");
        using var client = new VampNetClient(gateway.Address);
        using var cancel = new CancellationTokenSource();
        // Nobody serves: it goes on asking for models.
        var first = client.RunAsync(Vamps.Config(), Sounds.Chord(0.1), new CallOptions(cancellationToken: cancel.Token));
        await gateway.AtWorkAsync(1);
        var refused = await Assert.ThrowsAsync<RpcException>(() => client.RunAsync(Vamps.Config(), Sounds.Chord(0.1)));
        Assert.Equal("QUEUE_FULL", refused.Detail<ErrorInfo>()?.Reason);
        await cancel.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => first)).StatusCode);
        await gateway.AtWorkAsync(0);
    }

    [Fact]
    public async Task Server_reflection_needs_a_permit_like_other_calls()
    {
        await using var stage = await StartAsync("--Admission:MaxCalls=1");
        var client = new ServerReflection.ServerReflectionClient(stage.Channel);
        using (var first = client.ServerReflectionInfo())
        {
            await stage.AtWorkAsync(1);
            using var second = client.ServerReflectionInfo();
            var refused = await Assert.ThrowsAsync<RpcException>(() => second.ResponseStream.MoveNext());
            Assert.Equal((StatusCode.ResourceExhausted, "QUEUE_FULL"), (refused.StatusCode, refused.Detail<ErrorInfo>()?.Reason));
        }
        await stage.AtWorkAsync(0);
    }

    [Theory]
    [InlineData("--Admission:MaxCalls=0", "MaxCalls")]
    [InlineData("--Admission:MaxCallsPerTenant=0", "MaxCallsPerTenant")]
    [InlineData("--Admission:TenantHeader=X-Tenant", "TenantHeader")]
    [InlineData("--Admission:TenantHeader=grpc-tenant", "TenantHeader")]
    [InlineData("--Admission:TenantHeader=tenant-bin", "TenantHeader")]
    public async Task Settings_that_cannot_be_are_refused_on_start(string setting, string named)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(setting));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private Task<StageHost> StartAsync(params string[] settings) => StageHost.CoarseAsync(Generator, settings: settings);

    private static async Task<AsyncServerStreamingCall<GenerateResponse>> BeginAsync(
        StageHost stage, CoarseGeneratorService.CoarseGeneratorServiceClient client, int atWork, string? tenant = null)
    {
        var call = client.Generate(Request(), Of(tenant));
        await stage.AtWorkAsync(atWork);
        return call;
    }

    private static async Task<RpcException> RefusedAsync(
        CoarseGeneratorService.CoarseGeneratorServiceClient client, string reason, string? tenant = null)
    {
        using var call = client.Generate(Request(), Of(tenant));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.ReadToEndAsync());
        Assert.Equal((StatusCode.ResourceExhausted, reason), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
        Assert.InRange(error.Detail<RetryInfo>()!.RetryDelay.ToTimeSpan(), TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30));
        return error;
    }

    private static GenerateRequest Request() => Calls.Generation(steps: 9);

    private static Metadata? Of(string? tenant) => tenant is null ? null : new Metadata { { Header, tenant } };
}
