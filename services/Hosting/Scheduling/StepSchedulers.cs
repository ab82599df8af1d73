using Microsoft.Extensions.Options;
using VampNet.Model.Compute;
using VampNet.Services.Hosting.Models;
using VampNet.Services.Hosting.Telemetry.Compute;

namespace VampNet.Services.Hosting.Scheduling;

/// <summary>Makes the schedulers of a stage, one a loaded model: two versions of a model never share a batch.</summary>
public sealed class StepSchedulers(IOptions<SchedulingOptions> options, JobMetrics jobs, ComputeMetrics compute, TimeProvider time)
{
    private readonly BatchPolicy _policy = new(options.Value);

    internal StepScheduler<TModel> Of<TModel>(LiveModel<TModel> model, ComputeLane lane)
        where TModel : class =>
        new(model, lane, _policy, jobs, compute, time);
}
