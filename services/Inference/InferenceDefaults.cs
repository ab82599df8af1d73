using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using VampNet.Model.Packages;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Telemetry;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.OpenInference;
using VampNet.Services.Inference.Scheduling;
using VampNet.Services.Inference.Telemetry;

namespace VampNet.Services.Inference;

/// <summary>What every stage shares on top of what every server does: models, and a scheduler for each.</summary>
public static class InferenceDefaults
{
    /// <summary>The models of a stage, loaded in the background; readiness waits for them.</summary>
    public static void AddStageModels<TModel>(this IServiceCollection services, ModelSpec<TModel> spec)
        where TModel : class
    {
        services.AddOptions<ModelOptions>().BindConfiguration(ModelOptions.Section)
            .Validate(
                m => Precisions.IsKnown(m.Precision), $"Model:Precision must be {Precisions.Auto}, {Precisions.Full} or {Precisions.Half}")
            .Validate(m => m.WatchSeconds is >= 0 and <= 86_400, "Model:WatchSeconds must be 0 to 86400")
            .ValidateOnStart();
        services.AddOptions<ModelFolders>().BindConfiguration(ModelFolders.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ModelFolders>, ModelFoldersCheck>();
        services.AddOptions<SchedulingOptions>().BindConfiguration(SchedulingOptions.Section)
            .Validate(
                s => s is { MaxBatch: > 0, MaxBatchFrames: > 0, MinBatchFrames: >= 0 } && s.Weights.Values.All(w => w is > 0 and <= 1e6),
                "Scheduling must be above 0 (MinBatchFrames at least 0), weights at most 1000000")
            .ValidateOnStart();
        services.AddSingleton<ComputeMetrics>();
        services.AddSingleton<JobMetrics>();
        services.AddSingleton<GenerationMetrics>();
        services.AddSingleton<AudioMetrics>();
        services.TryAddSingleton<DeviceThreads>();
        services.AddSingleton<StepSchedulers>();
        services.AddSingleton(spec);
        services.AddSingleton(spec.Stage);
        services.AddSingleton(new StageName(spec.Stage.Name));
        services.AddSingleton<InferCounts>();
        services.AddSingleton<StageLoad>();
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<ModelOptions>>().Value;
            return new ModelRegistry<TModel>(
                provider.GetRequiredService<DeviceThreads>().For(spec.Device ?? options.Device), options,
                provider.GetRequiredService<StepSchedulers>(), provider.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<IServedModels>(provider => provider.GetRequiredService<ModelRegistry<TModel>>());
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<ModelFolders>>().Value);
        services.AddSingleton<ModelRegistryLoader<TModel>>();
        services.AddSingleton<IStageStartup>(provider => provider.GetRequiredService<ModelRegistryLoader<TModel>>());
        services.AddHostedService(provider => provider.GetRequiredService<ModelRegistryLoader<TModel>>());
    }

    /// <summary>The list of what a stage serves, reports of its load, and the Open Inference Protocol.</summary>
    public static WebApplication MapStageModels(this WebApplication app)
    {
        app.MapGrpcService<ModelGrpcService>();
        app.MapGrpcService<LoadReportService>();
        app.MapGrpcService<InferenceGrpcService>();
        return app;
    }
}
