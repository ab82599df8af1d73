using System.Diagnostics;
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
    public static Activity? Window(Stage stage, int window, int pass, int channel) =>
        Start("window", stage)?.SetTag("vampnet.window", window).SetTag("vampnet.pass", pass).SetTag("vampnet.channel", channel);

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
