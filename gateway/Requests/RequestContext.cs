using Grpc.Core;
using Microsoft.Extensions.Options;
using VampNet.Core.Tokens;
using VampNet.Gateway.Security;
using VampNet.Gateway.Stages;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;

namespace VampNet.Gateway.Requests;

/// <summary>Everything that belongs to one request on its way through the pipeline.</summary>
/// <param name="Plan">what is to be done</param>
/// <param name="Models">the model that the request names, as its stages serve it</param>
/// <param name="Stages">calls to the stages, which share the request's budget of retries</param>
/// <param name="Responses">what the caller gets</param>
/// <param name="Options">deadline, cancellation and tenant of every call to a stage</param>
/// <param name="Tenants">what a tenant may ask of the mesh in a minute</param>
internal sealed record RequestContext(
    VampPlan Plan, StageModels Models, RequestStages Stages, MeshLimits Limits, ResponseWriter Responses, RequestTelemetry Telemetry,
    CallOptions Options, TenantLimits Tenants) : IDisposable
{
    /// <summary>Puts the work of this request on its tenant's account; refuses what is too much for a request, or a tenant.</summary>
    /// <param name="frames">of the track</param>
    /// <exception cref="InvalidRequestException">with the estimate</exception>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the tenant has to wait</exception>
    public void Spend(int frames, int channels)
    {
        Plan.CheckCost(frames, channels, Limits);
        Tenants.Work(Options.OnBehalfOf(), Plan.FrameSteps(frames, channels) * Plan.Variations);
    }

    public void Dispose() => Responses.Dispose();
}

/// <summary>Opens the context of each request.</summary>
internal sealed class RequestContexts(
    StageClients clients, ServedModels models, IOptions<MeshLimits> limits, TenantLimits tenants, GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>The models that requests may name.</summary>
    public ServedModels Models => models;

    public MeshLimits Limits => limits.Value;

    /// <summary>A request begins.</summary>
    public RequestTelemetry Begin(CallOptions options) => new(metrics, time, options.OnBehalfOf());

    /// <summary>Checks a request and finds its model.</summary>
    /// <param name="send">sends one response to the caller; null = it gets a single one at the end</param>
    /// <exception cref="InvalidRequestException">names every field that cannot be used</exception>
    public async Task<RequestContext> OpenAsync(VampConfig config, CallOptions options, Func<VampResponse, Task>? send = null)
    {
        var telemetry = Begin(options);
        return Open(config, await models.GetAsync(config.Model, options), telemetry, options, send);
    }

    /// <inheritdoc cref="OpenAsync"/>
    public RequestContext Open(
        VampConfig config, StageModels served, RequestTelemetry telemetry, CallOptions options, Func<VampResponse, Task>? send = null) =>
        new(VampPlan.From(config, served, Limits), served, clients.ForRequest(served), Limits,
            new ResponseWriter(send ?? (_ => Task.CompletedTask)), telemetry, options, tenants);
}

/// <summary>One variation: what makes it, and where its responses go.</summary>
/// <param name="Number">from 0</param>
/// <param name="Mask">what to generate</param>
internal sealed record Variation(
    int Number, ulong Seed, TokenMask Mask, VariationResponses Responses, VariationTelemetry Telemetry) : IDisposable
{
    public void Dispose() => Telemetry.Dispose();
}
