using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using VampNet.Model.Sampling;
using VampNet.Services.Hosting.Models;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Services.Hosting.Scheduling;

/// <summary>One scheduler a loaded generator: two versions of a model never share a batch.</summary>
public sealed class StepSchedulers(IOptions<SchedulingOptions> options, GenerationMetrics metrics, TimeProvider time)
{
    private readonly ConditionalWeakTable<ITokenGenerator, StepScheduler> _schedulers = [];
    private readonly BatchPolicy _policy = new(options.Value);

    internal StepScheduler For(ITokenGenerator generator) =>
        _schedulers.GetValue(generator, _ => new StepScheduler(_policy, metrics, time));
}
