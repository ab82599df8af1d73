using Microsoft.Extensions.Options;
using VampNet.Model.Compute;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Inference.Scheduling;

/// <summary>Makes the schedulers of a stage, one a loaded model: two versions of a model never share a batch.</summary>
public sealed class StepSchedulers(IOptions<SchedulingOptions> options, JobMetrics jobs, ComputeMetrics compute, TimeProvider time)
{
    private readonly BatchPolicy _policy = new(options.Value);

    internal StepScheduler<TModel> Of<TModel>(IHeldModel<TModel> model, DeviceThread device)
        where TModel : class =>
        new(model, device, _policy, jobs, compute, time);
}
