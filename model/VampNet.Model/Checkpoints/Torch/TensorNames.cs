namespace VampNet.Model.Checkpoints.Torch;

/// <summary>Names of a state dict without what versions and wrappers of PyTorch did to them.</summary>
internal static class TensorNames
{
    /// <summary>torch.compile wraps a module under this name.</summary>
    private const string Compiled = "_orig_mod.";

    /// <summary>Weight norm of PyTorch 2.0 and newer: the length is <c>weight_g</c> of before, the direction <c>weight_v</c>.</summary>
    private const string Length = "parametrizations.weight.original0", Direction = "parametrizations.weight.original1";

    public static string Plain(string name)
    {
        var plain = name.Replace(Compiled, "", StringComparison.Ordinal);
        return Rename(plain, Length, "weight_g") ?? Rename(plain, Direction, "weight_v") ?? plain;
    }

    private static string? Rename(string name, string from, string to) =>
        name == from || name.EndsWith("." + from, StringComparison.Ordinal) ? name[..^from.Length] + to : null;
}
