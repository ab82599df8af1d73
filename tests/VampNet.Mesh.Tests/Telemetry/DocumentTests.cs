using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using VampNet.Services.Hosting.Telemetry;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Telemetry;

/// <summary>docs/telemetry.md lists the instruments that there are.</summary>
public sealed partial class DocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "telemetry.md"));

    [Fact]
    public void Every_instrument_is_documented_with_its_kind_and_unit_and_nothing_else_is()
    {
        var documented = Row().Matches(Document)
            .Select(row => (row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value));
        Assert.Equal(Instruments().Select(i => (i.Name, Kind(i), i.Unit ?? "")).Order(), documented.Order());
    }

    [Fact]
    public void Every_source_of_spans_is_documented() =>
        Assert.All(
            TelemetryNames.Sources.Where(name => !name.Contains('*', StringComparison.Ordinal)).Append("VampNet.Compute")
            .Append("VampNet.Gateway"), name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));

    private static List<Instrument> Instruments()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        return AllInstruments.Create(services.GetRequiredService<IMeterFactory>());
    }

    private static string Kind(Instrument instrument) =>
        Regex.Match(instrument.GetType().Name, "Histogram|UpDownCounter|Counter|Gauge").Value switch
        {
            "UpDownCounter" => "up-down counter",
            var kind => kind.ToLowerInvariant(),
        };

    [GeneratedRegex(
        @"^\| `(?<name>[a-z_.]+)` \| (?<kind>histogram|counter|up-down counter|gauge) \| (?<unit>[^ |]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
