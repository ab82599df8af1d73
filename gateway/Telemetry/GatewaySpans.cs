using System.Diagnostics;
using VampNet.Core;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Gateway.Telemetry;

/// <summary>Spans of the gateway's own work; those of its calls to stages lie in them.</summary>
internal static class GatewaySpans
{
    public static ActivitySource Source { get; } = new("VampNet.Gateway");

    /// <summary>One variation.</summary>
    public static Activity? Variation(int variation) => Source.StartActivity("variation")?.SetTag("vampnet.variation", variation);

    /// <summary>A window's call to a generator.</summary>
    public static Activity? Window(WindowName name) => Start("window", name.Stage)?
        .SetTag("vampnet.window", name.Number).SetTag("vampnet.pass", name.Pass).SetTag("vampnet.channel", name.Channel);

    /// <summary>Tokens on their way back to sound.</summary>
    public static Activity? Render() => Start("render", Stage.Decode);

    private static Activity? Start(string name, Stage stage)
    {
        var span = Source.StartActivity(name);
        if (span is not null)
            span.DisplayName = $"{name} {GatewayStageNames.Of(stage)}";
        return span?.SetTag(StageName.Attribute, GatewayStageNames.Of(stage));
    }
}

/// <summary>Stages as they call themselves in telemetry.</summary>
internal static class GatewayStageNames
{
    public const string Gateway = "gateway";

    public static string Of(Stage stage) => stage switch
    {
        Stage.Coarse => StageInfo.Coarse.Name,
        Stage.Fine => StageInfo.Fine.Name,
        Stage.Beats => StageInfo.Beats.Name,
        _ => StageInfo.Codec.Name,
    };

    public static KeyValuePair<string, object?> Tag(Stage stage) => new(StageName.Attribute, Of(stage));
}

/// <summary>Which window of a variation: for traces.</summary>
/// <param name="Pass">of several over the same track, from 0</param>
/// <param name="Channel">0 = the mix or left, 1 = right</param>
/// <param name="Number">from the start of the track, from 0</param>
internal readonly record struct WindowName(Stage Stage, int Pass, int Channel, int Number);
