using VampNet.Audio;
using VampNet.Core;
using VampNet.Model.Beats;
using VampNet.Model.Beats.SpectralFlux;
using VampNet.Model.Packages;
using VampNet.Services.Inference;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.OpenInference;

namespace VampNet.Services.BeatTracker;

/// <summary>The beat tracking stage.</summary>
public static class BeatTrackerStage
{
    // Both trackers are faster than real time there, and leave other devices to the generators.
    private const string Device = "cpu";

    private const int WarmUpRate = 44_100;

    public static WebApplicationBuilder AddBeatTracker(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<BeatTrackerOptions>().BindConfiguration(BeatTrackerOptions.Section)
            .Validate(
                o => o.Kind is BeatTrackerOptions.Auto or BeatTrackerKinds.SpectralFlux or BeatTrackerKinds.WaveBeat,
                $"BeatTracker:Kind must be {BeatTrackerOptions.Auto}, {BeatTrackerKinds.SpectralFlux} or {BeatTrackerKinds.WaveBeat}")
            .ValidateOnStart();
        var options = builder.Configuration.GetSection(BeatTrackerOptions.Section).Get<BeatTrackerOptions>() ?? new();
        builder.Services.AddStageModels(new ModelSpec<IBeatTracker>
        {
            Stage = StageInfo.Beats,
            PartIsOptional = true,
            Load = (package, _, _) => Load(package, options.Kind),
            WarmUp = WarmUp,
            Device = Device,
        });
        builder.Services.AddSingleton<BeatTrackerGrpcService>();
        builder.Services.AddSingleton<IInferenceModel, BeatInference>();
        return builder;
    }

    public static WebApplication MapBeatTracker(this WebApplication app)
    {
        app.MapGrpcService<BeatTrackerGrpcService>();
        return app.MapStageModels();
    }

    private static IBeatTracker Load(ModelPackage package, string kind) =>
        kind == BeatTrackerKinds.WaveBeat || (kind == BeatTrackerOptions.Auto && package.Has(PartNames.Beats))
            ? ModelLoader.LoadBeatTracker(package, Device)
            : new SpectralFluxBeatTracker();

    private static void WarmUp(IBeatTracker tracker) => _ = tracker.Track(new AudioBuffer(new float[WarmUpRate], WarmUpRate));
}

/// <summary>Which tracker finds the beats (configuration section "BeatTracker").</summary>
public sealed class BeatTrackerOptions
{
    public const string Section = "BeatTracker";

    /// <summary>WaveBeat where the model package has it, signal processing otherwise.</summary>
    public const string Auto = "auto";

    /// <summary><see cref="Auto"/>, or one of <see cref="BeatTrackerKinds"/>.</summary>
    public string Kind { get; set; } = Auto;
}
