using VampNet.Core.Prompts;
using Proto = VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Prompts;

/// <summary>Mask figures for the wire.</summary>
internal static class FiguresMapping
{
    public static Proto.MaskFigures ToProto(this MaskFigures figures) => new()
    {
        Frames = (uint)figures.Frames,
        KeptFrames = (uint)figures.KeptFrames,
        VisibleTokens = (ulong)figures.VisibleTokens,
        TotalTokens = (ulong)figures.TotalTokens,
        BitsPerSecond = figures.BitsPerSecond,
    };
}
