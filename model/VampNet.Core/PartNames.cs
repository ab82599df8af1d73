namespace VampNet.Core;

/// <summary>The parts that a model package may have.</summary>
public static class PartNames
{
    public const string Codec = "codec";
    public const string Coarse = "coarse";
    public const string Fine = "fine";
    public const string Beats = "beats";
}
