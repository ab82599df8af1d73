namespace VampNet.Benchmarks.Load;

/// <summary>How much is measured.</summary>
/// <param name="Package">folder of the model package</param>
/// <param name="Rounds">
/// times that everything is measured: the ways of batching take turns, so that a machine's moods meet all of them
/// </param>
/// <param name="Requests">of each measurement</param>
internal sealed record LoadOptions(string Package, string Device, int Rounds, int Requests)
{
    /// <summary>Arrivals, as multiples of what one request at a time gets done.</summary>
    public static IReadOnlyList<double> Loads { get; } = [0.4, 0.8, 1, 1.3];

    /// <summary>Clients of the saturated server: each sends its next request when it has the answer to the last.</summary>
    public const int Clients = 16;

    public const int Seed = 4;
}
