using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Client;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Security;

/// <summary>What a tenant may have, and how much of it.</summary>
public sealed class TenantTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Another_tenants_model_is_as_if_it_were_not_there_in_calls_of_the_gateway_and_in_routed_ones()
    {
        await using var mesh = await KnownCallers.StartAsync(null, "--Tenants:choir:Models=opera, jazz", "--Tenants:studio:Models=default");
        using var studio = mesh.Client("studio-key");
        using var choir = mesh.Client("choir-key");
        Assert.Equal("default", Assert.Single(await studio.ListModelsAsync()).Name);
        await studio.GetModelAsync(GeneratorStage.Coarse);

        // What a client says of its models counts for nothing.
        var spoofed = new CallOptions(new Metadata { { "x-vampnet-models", "default" } });
        Assert.Empty(await choir.ListModelsAsync(spoofed));
        foreach (var name in new[] { "", "default", "nothing" })
        {
            var request = Calls.Generation(steps: 2);
            request.Model = name;
            foreach (var call in new Func<Task>[]
            {
                () => choir.GetModelAsync(GeneratorStage.Coarse, name, spoofed),
                () => choir.GenerateAsync(GeneratorStage.Coarse, request, options: spoofed),
            })
            {
                var error = await Assert.ThrowsAsync<RpcException>(call);
                Assert.Equal((StatusCode.NotFound, "MODEL_NOT_FOUND"), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
                Assert.EndsWith("served are ", error.Status.Detail, StringComparison.Ordinal); // nothing, to this tenant
            }
        }
    }

    [Fact]
    public async Task A_tenant_that_calls_too_often_is_told_when_to_come_again_and_others_are_not_held_up()
    {
        await using var mesh = await KnownCallers.StartAsync(_time, "--Tenants:default:RequestsPerMinute=2");
        using var studio = mesh.Client("studio-key");
        using var choir = mesh.Client("choir-key");
        await studio.ListModelsAsync();
        await studio.GetModelAsync(GeneratorStage.Coarse); // by route
        await RefusedAsync(() => studio.ListModelsAsync());
        await RefusedAsync(() => studio.GetModelAsync(GeneratorStage.Coarse));
        await choir.ListModelsAsync();
        await choir.GetModelAsync(GeneratorStage.Coarse);

        _time.Advance(TimeSpan.FromSeconds(29));
        await RefusedAsync(() => studio.ListModelsAsync(), seconds: 1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await studio.ListModelsAsync();
        await RefusedAsync(() => studio.ListModelsAsync());

        static async Task RefusedAsync(Func<Task> call, double seconds = 30) => await TenantTests.RefusedAsync(
            call, "TENANT_RATE_LIMIT", TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task A_tenant_that_has_used_up_its_work_waits_before_it_uploads_and_others_do_not()
    {
        using var package = new TinyPackage();
        await using var mesh = await MeshHost.StartAsync(new MeshHostOptions
        {
            Model = new ModelOptions { Path = package.Folder },
            GatewayConfiguration = new Dictionary<string, string> { ["Tenants:studio:FrameStepsPerMinute"] = "60" },
        });
        using var client = new VampNetClient(mesh.Gateway);
        var studio = Of("studio");
        // More than a minute's worth, which is let through once, and paid for afterwards.
        var made = await client.RunAsync(Vamps.Config(), Sounds.Chord(0.5), studio);
        var owed = TimeSpan.FromSeconds(made.Summary.Bill.FrameSteps - 60 + 1);
        Assert.InRange(owed.TotalSeconds, 2, 10_000);
        await RefusedAsync(() => client.RunAsync(Vamps.Config(), Sounds.Chord(0.5), studio), "TENANT_COST_LIMIT", owed, tolerance: 120);
        await RefusedAsync(
            () => client.GenerateAsync(GeneratorStage.Coarse, Calls.Generation(steps: 1), options: studio), "TENANT_COST_LIMIT", owed, 120);
        Assert.NotEmpty(await client.ListModelsAsync(studio)); // a question is no work
        await client.RunAsync(Vamps.Config(), Sounds.Chord(0.5), Of("choir"));

        static CallOptions Of(string tenant) => new(new Metadata { { "x-vampnet-tenant", tenant } });
    }

    [Theory]
    [InlineData("--Tenants:a:RequestsPerMinute=0")]
    [InlineData("--Tenants:a:FrameStepsPerMinute=-1")]
    [InlineData("--Tenants:a:Models=,")]
    public async Task Limits_that_cannot_be_are_refused_on_start(string setting)
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => StageHost.GatewayAsync(StageHost.Nowhere, setting));
        Assert.Contains("Tenants", error.Message, StringComparison.Ordinal);
    }

    /// <param name="tolerance">seconds that may have passed since</param>
    private static async Task RefusedAsync(Func<Task> call, string reason, TimeSpan delay, double tolerance = 0)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal((StatusCode.ResourceExhausted, reason), (error.StatusCode, error.Detail<ErrorInfo>()?.Reason));
        Assert.InRange(
            error.Detail<RetryInfo>()!.RetryDelay.ToTimeSpan(), delay - TimeSpan.FromSeconds(tolerance + 0.001),
            delay + TimeSpan.FromSeconds(0.001));
    }
}
