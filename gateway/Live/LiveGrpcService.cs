using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Gateway.Pipeline;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Stages;
using VampNet.Protos.Live.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Live;

/// <summary>Live sessions as a gRPC service.</summary>
internal sealed class LiveGrpcService(
    VampPipeline pipeline, RequestContexts contexts, IOptions<LiveOptions> limits, TimeProvider time) : LiveService.LiveServiceBase
{
    public override async Task Vamp(
        IAsyncStreamReader<LiveServiceVampRequest> requestStream, IServerStreamWriter<LiveServiceVampResponse> responseStream,
        ServerCallContext context)
    {
        // A player sends on for as long as he is not told: there is no rest of his request to wait for.
        RequestDrain.Skip(context.GetHttpContext());
        var config = await requestStream.ReadConfigAsync(r => r.Config, context.CancellationToken);
        var options = context.StageOptions();
        var plan = await OpenAsync(config, options);
        var started = new LiveStarted { Config = plan.Config, LoopSamples = (ulong)(plan.LoopSamples ?? 0) };
        await responseStream.WriteAsync(new LiveServiceVampResponse { Started = started }, context.CancellationToken);
        var session = new LiveSession(
            plan, limits.Value, new LoopVamper(pipeline, plan), response => responseStream.WriteAsync(response, context.CancellationToken),
            options, time);
        await session.RunAsync(requestStream.ReadAllAsync(context.CancellationToken));
    }

    /// <summary>Checks a session, and gives every field of its rounds a value.</summary>
    private async Task<LivePlan> OpenAsync(LiveConfig config, CallOptions options)
    {
        var plan = LivePlan.From(config, limits.Value);
        var vamp = plan.ToVamp();
        if (config.HasSeed)
            vamp.Seed = config.Seed;
        using var context = await contexts.OpenAsync(vamp, options);
        var effective = context.Plan.Config;
        plan.Config.Seed = effective.Seed;
        (plan.Config.Prompt, plan.Config.CoarseSampling, plan.Config.FineSampling) =
            (effective.Prompt, effective.CoarseSampling, effective.FineSampling);
        return plan;
    }
}
