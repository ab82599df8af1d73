using VampNet.Core;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Telemetry;

namespace VampNet.Gateway.Telemetry;

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
