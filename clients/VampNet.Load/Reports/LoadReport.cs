using System.Text.Json;
using System.Text.Json.Serialization;
using VampNet.Load.Servers;

namespace VampNet.Load.Reports;

/// <summary>What was asked for; runs that differ in it are not compared.</summary>
/// <param name="Stage">What was put under load.</param>
/// <param name="Mix">Lengths of the requests.</param>
/// <param name="Steps">Sampling steps of a generation.</param>
/// <param name="Rate">Calls a second; null: callers wait for their answers.</param>
/// <param name="Arrivals">poisson or constant; empty without a rate.</param>
/// <param name="Concurrency">Callers, or with a rate the most calls at once.</param>
/// <param name="Seconds">How long calls begin.</param>
/// <param name="Tenants">0 = none is named.</param>
public sealed record LoadSettings(
    string Stage, string Mix, int Steps, double? Rate, string Arrivals, int Concurrency, double Seconds, int Tenants);

/// <summary>A load test, as its JSON file has it.</summary>
public sealed record LoadReport
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>When it began, in UTC.</summary>
    public required DateTimeOffset Begun { get; init; }

    /// <summary>What was asked for.</summary>
    public required LoadSettings Settings { get; init; }

    /// <summary>What became of the calls; of a search, at the knee, or of its first step where nothing held.</summary>
    public required LoadResult Result { get; init; }

    /// <summary>Where the servers' time went; empty where their metrics could not be read.</summary>
    public IReadOnlyList<ServerWork> Work { get; init; } = [];

    /// <summary>All histograms of the servers that took something up.</summary>
    public IReadOnlyList<ServerHistogram> Histograms { get; init; } = [];

    /// <summary>The steps of a search for the knee; null: there was none.</summary>
    public SaturationResult? Saturation { get; init; }

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">it is something else</exception>
    public static LoadReport FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<LoadReport>(json, s_json) ?? throw new InvalidDataException("holds nothing");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"is no report of a load test: {error.Message}", error);
        }
    }
}
