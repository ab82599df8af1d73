using k8s.Models;
using Xunit;

namespace Deploy.Tests;

/// <summary>Who may reach whom, by the policies as they are rendered.</summary>
public class NetworkPolicyTests
{
    public static TheoryData<string, string> Programs =>
        Kustomizations.ProgramsIn("k8s/overlays/cpu", "k8s/overlays/gpu", "k8s/overlays/secure");

    [KubectlTheory, MemberData(nameof(Programs))]
    public void A_pod_is_closed_unless_a_policy_opens_it(string overlay, string name)
    {
        var deny = Assert.Single(Of(overlay, name), policy => policy.Spec.Ingress is null && policy.Spec.Egress is null);
        Assert.Equal(["Ingress", "Egress"], deny.Spec.PolicyTypes);
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void A_stage_is_reached_by_the_gateway_alone_and_the_gateway_by_everyone(string overlay, string name)
    {
        var rule = Assert.Single(Ingress(overlay, name), rule => rule.Ports.Any(port => port.Port.Value == "grpc"));
        if (name == "gateway")
        {
            Assert.Null(rule.FromProperty);
            Assert.Contains(rule.Ports, port => port.Port.Value == "http");
            return;
        }
        var from = Assert.Single(rule.FromProperty);
        Assert.Null(from.NamespaceSelector); // this namespace
        Assert.Equal(
            ["gateway"],
            Program.All.Where(p => Mesh.Selects(from.PodSelector.MatchLabels, Mesh.Of(overlay).Pod(p.Name))).Select(p => p.Name));
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Metrics_are_read_by_Prometheus_alone(string overlay, string name)
    {
        var rule = Assert.Single(Ingress(overlay, name), rule => rule.Ports.Any(port => port.Port.Value == "metrics"));
        var from = Assert.Single(rule.FromProperty);
        Assert.Equal("monitoring", from.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]);
        Assert.Equal("prometheus", from.PodSelector.MatchLabels["app.kubernetes.io/name"]);
        Assert.Equal(2, Ingress(overlay, name).Count()); // and no other way in
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Pods_ask_DNS_and_only_the_gateway_calls_and_only_stages(string overlay, string name)
    {
        var rules = Of(overlay, name).SelectMany(policy => policy.Spec.Egress ?? []).ToList();
        Assert.Single(rules, rule => rule.To is null && rule.Ports.All(port => port.Port.Value == "53"));
        if (name != "gateway")
        {
            Assert.Single(rules);
            return;
        }
        Assert.Equal(2, rules.Count);
        var stages = Assert.Single(rules, rule => rule.To is not null);
        var port = Assert.Single(stages.Ports);
        Assert.All(Program.Stages, stage =>
        {
            Assert.True(Mesh.Selects(stages.To.Single().PodSelector.MatchLabels, Mesh.Of(overlay).Pod(stage.Name)));
            Assert.InRange(stage.Port, int.Parse(port.Port.Value), port.EndPort ?? 0);
        });
    }

    private static IEnumerable<V1NetworkPolicy> Of(string overlay, string name) =>
        Mesh.Of(overlay).Selecting<V1NetworkPolicy>(name, policy => policy.Spec.PodSelector.MatchLabels);

    private static IEnumerable<V1NetworkPolicyIngressRule> Ingress(string overlay, string name) =>
        Of(overlay, name).SelectMany(policy => policy.Spec.Ingress ?? []);
}
