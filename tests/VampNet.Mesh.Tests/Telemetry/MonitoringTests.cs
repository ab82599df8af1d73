using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.RegularExpressions;
using VampNet.Mesh.Tests.Stages;
using VampNet.Mesh.Tests.Support;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Telemetry;

/// <summary>Rules, alerts, autoscalers and the dashboard in k8s/ ask for metrics and labels that servers really export.</summary>
public sealed partial class MonitoringTests : IAsyncLifetime
{
    private StageHost _server = null!;

    public static TheoryData<string> Files => [
        "monitoring/rules.yaml", "monitoring/rules.test.yaml", "monitoring/dashboard.json", "hpa/autoscalers.yaml",
        "hpa/prometheus-adapter.yaml", "keda/scalers.yaml"];

    public async Task InitializeAsync() => _server = await StageHost.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory, MemberData(nameof(Files))]
    public async Task Every_name_that_is_asked_for_is_on_the_page_of_a_server_or_is_a_label(string file)
    {
        var instruments = AllInstruments.Create(_server.Get<IMeterFactory>());
        foreach (var instrument in instruments)
            Measure(instrument);
        var exported = (await PrometheusPage.GetAsync(_server.Address)).Metrics.ToHashSet();
        Assert.True(exported.Count > instruments.Count); // those of the process are there, too

        // Those that prometheus-adapter makes of them.
        var rules = await ReadAsync("hpa/prometheus-adapter.yaml");
        exported.UnionWith(NameOfRule().Matches(rules).Select(match => match.Groups["name"].Value));

        var attributes = Attributes.Except(instruments.Select(instrument => instrument.Name));
        var labels = attributes.Select(name => name.Replace('.', '_')).ToHashSet();
        var asked = Name().Matches(await ReadAsync(file)).Select(match => match.Value).ToHashSet();
        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.True(
            exported.Contains(name) || exported.Contains(PartOfHistogram().Replace(name, "")) || labels.Contains(name),
            $"{file} asks for {name}, which no server exports"));
    }

    private static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(Path.Combine(Repository.Root, "k8s", "components", file));

    /// <summary>Attributes that docs/telemetry.md names, and instruments.</summary>
    private static IEnumerable<string> Attributes { get; } =
        [.. Attribute().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "telemetry.md")))
            .Select(match => match.Groups["name"].Value)];

    /// <summary>A page shows what was measured at least once. What is observed is measured by who asks.</summary>
    private static void Measure(Instrument instrument)
    {
        var type = instrument.GetType();
        var number = type.GetGenericArguments().Single();
        var measure = type.GetMethod("Record", [number]) ?? type.GetMethod("Add", [number]);
        measure?.Invoke(instrument, [Convert.ChangeType(1, number, CultureInfo.InvariantCulture)]);
    }

    [GeneratedRegex(@"(?<![\w:/.])(vampnet|rpc|dotnet)_\w+")]
    private static partial Regex Name();

    [GeneratedRegex(@"^      as: (?<name>\w+)$", RegexOptions.Multiline)]
    private static partial Regex NameOfRule();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex PartOfHistogram();

    [GeneratedRegex(@"`(?<name>(vampnet|rpc|error)\.[a-z_.]+)`")]
    private static partial Regex Attribute();
}
