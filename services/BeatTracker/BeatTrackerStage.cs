using VampNet.Model.Beats;
using VampNet.Protos.Beats.V1;
using VampNet.Services.Hosting;
using VampNet.Services.Hosting.Models;

namespace VampNet.Services.BeatTracker;

/// <summary>The beat tracking stage.</summary>
public static class BeatTrackerStage
{
    /// <summary>Default port.</summary>
    public const int Port = 5104;

    private const int WarmUpRate = 44_100;

    public static WebApplicationBuilder AddBeatTracker(this WebApplicationBuilder builder)
    {
        builder.Services.AddStageModel(BeatService.Descriptor.FullName, StageLoaders.BeatTracker, WarmUp, device: "cpu");
        return builder;
    }

    public static WebApplication MapBeatTracker(this WebApplication app)
    {
        app.MapGrpcService<BeatTrackerGrpcService>();
        return app;
    }

    private static void WarmUp(IBeatTracker tracker) => _ = tracker.Track(new float[WarmUpRate], WarmUpRate);
}
