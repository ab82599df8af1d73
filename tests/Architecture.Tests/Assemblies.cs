namespace Architecture.Tests;

/// <summary>Which assemblies are the product's.</summary>
internal static class Assemblies
{
    /// <param name="name">of a file, such as "VampNet.Core.dll"</param>
    public static bool IsProduct(string name) =>
        (name.StartsWith("VampNet.", StringComparison.Ordinal) || name == "vampnet.dll")
        && !name.Contains("Test", StringComparison.Ordinal);
}
