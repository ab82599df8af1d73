namespace VampNet.Core;

/// <summary>The parts that a model package may have.</summary>
public static class PartNames
{
    /// <inheritdoc cref="StageInfo.Codec"/>
    public const string Codec = "codec";
    /// <inheritdoc cref="StageInfo.Coarse"/>
    public const string Coarse = "coarse";
    /// <inheritdoc cref="StageInfo.Fine"/>
    public const string Fine = "fine";
    /// <inheritdoc cref="StageInfo.Beats"/>
    public const string Beats = "beats";
}
