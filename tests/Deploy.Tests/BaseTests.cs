using k8s.Models;
using VampNet.Gateway;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Limits;
using Xunit;

namespace Deploy.Tests;

/// <summary>k8s/base agrees with the programs.</summary>
public class BaseTests
{
    private static readonly Lazy<Mesh> Rendered = new(() => Mesh.Of("k8s/base"));

    private static Mesh Base => Rendered.Value;

    public static TheoryData<string> Programs => [.. Program.All.Select(program => program.Name)];

    [KubectlFact]
    public void Every_program_of_the_mesh_is_deployed_and_nothing_else()
    {
        var names = Program.All.Select(program => program.Name).Order(StringComparer.Ordinal);
        Assert.Equal(names, Base.All<V1Deployment>().Select(o => o.Metadata.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            names.Append("gateway-replicas").Order(StringComparer.Ordinal),
            Base.All<V1Service>().Select(o => o.Metadata.Name).Order(StringComparer.Ordinal));
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void A_service_finds_its_pods_and_no_others_on_the_port_where_they_listen(string name)
    {
        var port = Program.Named(name).Port;
        Assert.True(Mesh.Selects(Base.Object<V1Deployment>(name).Spec.Selector.MatchLabels, Base.Pod(name)));
        Assert.Equal(port, Base.Container(name).Ports.Single(o => o.Name == "grpc").ContainerPort);
        var services = Base.Selecting<V1Service>(name, o => o.Spec.Selector).ToList();
        Assert.Equal(
            name == "gateway" ? ["gateway", "gateway-replicas"] : [name],
            services.Select(o => o.Metadata.Name).Order(StringComparer.Ordinal));
        Assert.All(services, service =>
        {
            var outer = Assert.Single(service.Spec.Ports, o => o.Name == "grpc");
            Assert.Equal(("grpc", port, "kubernetes.io/h2c"), (outer.TargetPort.Value, outer.Port, outer.AppProtocol));
        });
    }

    [KubectlFact]
    public void The_gateway_speaks_HTTP_at_a_port_of_its_own_and_stages_do_not()
    {
        Assert.Equal(GatewayStage.HttpPort, Base.Container("gateway").Ports.Single(port => port.Name == "http").ContainerPort);
        var outer = Base.Object<V1Service>("gateway").Spec.Ports.Single(port => port.Name == "http");
        Assert.Equal(("http", GatewayStage.HttpPort, "http"), (outer.TargetPort.Value, outer.Port, outer.AppProtocol));
        Assert.All(Program.Stages, stage =>
        {
            Assert.DoesNotContain(Base.Container(stage.Name).Ports, port => port.Name == "http");
            Assert.Single(Base.Object<V1Service>(stage.Name).Spec.Ports);
        });
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Start_readiness_and_life_are_probed_by_grpc(string name)
    {
        var container = Base.Container(name);
        Assert.All(
            new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe },
            probe => Assert.Equal(Program.Named(name).Port, probe.Grpc.Port));
        // Ready = every service of the process serves; alive = the process answers, even while a model or a stage is away.
        Assert.Null(container.ReadinessProbe.Grpc.Service);
        Assert.Equal(HealthRegistry.Liveness, container.LivenessProbe.Grpc.Service);
        Assert.Equal(HealthRegistry.Liveness, container.StartupProbe.Grpc.Service);
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Prometheus_is_told_where_the_metrics_are(string name)
    {
        var annotations = Base.Pod(name).Metadata.Annotations;
        Assert.Equal("true", annotations["prometheus.io/scrape"]);
        Assert.Equal(Base.Environment(name)["Metrics__Port"], annotations["prometheus.io/port"]);
        Assert.Equal(
            annotations["prometheus.io/port"], $"{Base.Container(name).Ports.Single(port => port.Name == "metrics").ContainerPort}");
    }

    /// <summary>A headless service's name has the address of every pod: the gateway chooses among them itself.</summary>
    [KubectlFact]
    public void The_services_of_the_stages_are_headless() =>
        Assert.All(Program.Stages, stage => Assert.Equal("None", Base.Object<V1Service>(stage.Name).Spec.ClusterIP));

    [KubectlFact]
    public void The_gateway_knows_the_address_of_every_stage()
    {
        var addresses = Base.Environment("gateway").Where(v => v.Key.StartsWith("Stages__", StringComparison.Ordinal)).Select(v => v.Value);
        Assert.Equal(
            Program.Stages.Select(stage => $"dns:///{stage.Name}:{stage.Port}").Order(StringComparer.Ordinal),
            addresses.Order(StringComparer.Ordinal));
    }

    /// <summary>However long: a call has a deadline, its own or this one.</summary>
    [KubectlFact]
    public void A_gateway_that_ends_waits_for_the_longest_request_that_it_admitted() =>
        Assert.Equal($"{new MeshLimits().DefaultDeadlineSeconds}", Base.Environment("gateway")["Drain__Seconds"]);
}
