namespace VampNet.Benchmarks.Load;

/// <summary>How requests share a generator.</summary>
internal enum Variant
{
    /// <summary>One request at a time, first come, first served.</summary>
    One,

    /// <summary>What waits becomes a batch, and stays one until its last member is done; nobody joins in between.</summary>
    Static,

    /// <summary>A batch for every step, of whoever is there: what this project does.</summary>
    Step,
}

internal static class Variants
{
    public static IReadOnlyList<Variant> All { get; } = Enum.GetValues<Variant>();

    public static string Text(this Variant variant) => variant switch
    {
        Variant.One => "one at a time",
        Variant.Static => "static batches",
        _ => "step by step",
    };
}
