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
        Stage.Coarse => PartNames.Coarse,
        Stage.Fine => PartNames.Fine,
        Stage.Beats => PartNames.Beats,
        _ => PartNames.Codec,
    };

    public static KeyValuePair<string, object?> Tag(Stage stage) => new(StageName.Attribute, Of(stage));
}
