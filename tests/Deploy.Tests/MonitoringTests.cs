using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using VampNet.Core;
using VampNet.Testing;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Deploy.Tests;

/// <summary>
/// Rules, alerts and queries of the dashboard, checked by Prometheus' own tool. That servers export what these ask for is checked where
/// servers run: MonitoringTests of VampNet.Mesh.Tests.
/// </summary>
public class MonitoringTests
{
    private static readonly string Component = Path.Combine(Repository.Root, "k8s", "components", "monitoring");

    private static readonly Lazy<Mesh> Rendered = new(() => Mesh.Of(Kustomizations.With("cpu", "monitoring")));

    [KubectlFact]
    public void Rules_and_alerts_do_what_their_tests_say()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "rules")).FullName;
        using (var rules = File.CreateText(Path.Combine(folder, "rules.yaml")))
            new YamlStream(new YamlDocument(Rules()["spec"])).Save(rules, assignAnchors: false);
        File.Copy(Path.Combine(Component, "rules.test.yaml"), Path.Combine(folder, "rules.test.yaml"), overwrite: true);
        Tool.PromTool("check", "rules", Path.Combine(folder, "rules.yaml"));
        Tool.PromTool("test", "rules", Path.Combine(folder, "rules.test.yaml"));
    }

    [KubectlFact]
    public void Every_alert_is_tested_and_says_what_it_means()
    {
        var tests = File.ReadAllText(Path.Combine(Component, "rules.test.yaml"));
        var rules = Assert.Single(Rendered.Value.All<PrometheusRule>()).Spec.Groups.SelectMany(group => group.Rules);
        var alerts = rules.Where(rule => rule.Alert != "").ToList();
        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            Assert.Contains($"alertname: {alert.Alert}\n", tests, StringComparison.Ordinal);
            Assert.Contains(alert.Labels["severity"], new[] { "warning", "critical" });
            Assert.Equal(["description", "summary"], alert.Annotations.Keys.Order(StringComparer.Ordinal));
        });
    }

    [KubectlFact]
    public void Every_pod_is_scraped_at_its_port_of_metrics()
    {
        var monitor = Assert.Single(Rendered.Value.All<PodMonitor>()).Spec;
        var port = Assert.Single(monitor.PodMetricsEndpoints).Port;
        Assert.All(Program.All, program =>
        {
            Assert.True(Mesh.Selects(monitor.Selector.MatchLabels, Rendered.Value.Pod(program.Name)));
            Assert.Contains(Rendered.Value.Container(program.Name).Ports, o => o.Name == port);
        });
    }

    [KubectlFact]
    public void Queries_of_the_dashboard_are_queries()
    {
        var rules = new JsonArray();
        foreach (var query in Panels().SelectMany(panel => panel["targets"]?.AsArray() ?? []).Select(target => (string)target!["expr"]!))
        {
            rules.Add(new JsonObject
            {
                ["record"] = $"query:{rules.Count}",
                ["expr"] = query.Replace("$__rate_interval", "1m", StringComparison.Ordinal),
            });
        }
        Assert.NotEmpty(rules);
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "rules")).FullName, "dashboard.yaml");
        var groups = new JsonArray(new JsonObject { ["name"] = "queries", ["rules"] = rules });
        File.WriteAllText(file, new JsonObject { ["groups"] = groups }.ToJsonString());
        Tool.PromTool("check", "rules", file);
    }

    [KubectlFact]
    public void The_dashboard_has_a_row_for_the_gateway_and_one_for_each_stage()
    {
        var map = Rendered.Value.All<V1ConfigMap>().Single(o => o.Metadata.Labels.ContainsKey("grafana_dashboard"));
        using var deployed = JsonDocument.Parse(map.Data["vampnet.json"]);
        var rows = Panels().Where(panel => (string?)panel["type"] == "row").ToList();
        Assert.Equal(["gateway", "$stage"], rows.Select(row => (string?)row["title"]));
        Assert.Equal("stage", (string?)rows[1]["repeat"]); // once for each value of the variable
        var variable = deployed.RootElement.GetProperty("templating").GetProperty("list").EnumerateArray()
            .Single(o => o.GetProperty("name").GetString() == "stage");
        Assert.Equal(string.Join(',', StageInfo.All.Select(stage => stage.Name)), variable.GetProperty("query").GetString());
    }

    private static YamlNode Rules()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Path.Combine(Component, "rules.yaml"))));
        return yaml.Documents.Single().RootNode;
    }

    private static IEnumerable<JsonNode> Panels() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(Component, "dashboard.json")))!["panels"]!.AsArray().Select(panel => panel!);
}
