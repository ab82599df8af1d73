using System.Globalization;
using VampNet.Services.Hosting.Drain;
using VampNet.Services.Hosting.Health;
using VampNet.Services.Hosting.Limits;
using Xunit;

namespace Deploy.Tests;

public class BaseTests
{
    private static readonly Lazy<Mesh> Rendered = new(() => new Mesh("k8s/base"));

    private static Mesh Mesh => Rendered.Value;

    public static TheoryData<string> Programs => [.. Program.All.Select(program => program.Name)];

    [KubectlFact]
    public void Every_program_of_the_mesh_is_deployed_and_nothing_else()
    {
        var names = Program.All.Select(program => program.Name).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(names, Mesh.Names("Deployment"));
        Assert.Equal(names, Mesh.Names("Service"));
    }

    [KubectlFact]
    public void Everything_lives_in_the_namespace_that_it_brings()
    {
        var space = Mesh.Objects.Single(o => o.Kind == "Namespace");
        Assert.All(Mesh.Objects.Where(o => o.Kind != "Namespace"), o => Assert.Equal(space.Name, o.Text("metadata", "namespace")));
        Assert.Equal("restricted", space.Map("metadata", "labels")["pod-security.kubernetes.io/enforce"]);
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void A_service_finds_its_pods_on_the_port_where_they_listen(string name)
    {
        var service = Mesh.Object("Service", name);
        var labels = Mesh.Pod(name).Map("metadata", "labels");
        Assert.All(service.Map("spec", "selector"), wanted => Assert.Equal(wanted.Value, labels[wanted.Key]));
        Assert.All(
            Mesh.Object("Deployment", name).Map("spec", "selector", "matchLabels"),
            wanted => Assert.Equal(wanted.Value, labels[wanted.Key]));

        var outer = service.Items("spec", "ports").Single();
        var inner = Mesh.Container(name).Items("ports").Single(port => port.Text("name") == "grpc");
        Assert.Equal(inner.Text("name"), outer.Text("targetPort"));
        Assert.Equal(Program.Named(name).Port, inner.Number("containerPort"));
        Assert.Equal(Program.Named(name).Port, outer.Number("port"));
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Start_readiness_and_life_are_probed_by_grpc(string name)
    {
        var container = Mesh.Container(name);
        foreach (var probe in new[] { "startupProbe", "readinessProbe", "livenessProbe" })
            Assert.Equal(Program.Named(name).Port, container.Number(probe, "grpc", "port"));
        // Ready = every service of the process serves; alive = the process answers, even while a model or a stage is away.
        Assert.Null(container.Find("readinessProbe", "grpc", "service"));
        Assert.Equal(HealthRegistry.Liveness, container.Text("livenessProbe", "grpc", "service"));
        Assert.Equal(HealthRegistry.Liveness, container.Text("startupProbe", "grpc", "service"));
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Prometheus_is_told_where_the_metrics_are(string name)
    {
        var annotations = Mesh.Pod(name).Map("metadata", "annotations");
        Assert.Equal("true", annotations["prometheus.io/scrape"]);
        Assert.Equal(Mesh.Environment(name)["Metrics__Port"], annotations["prometheus.io/port"]);
        Assert.Equal(
            annotations["prometheus.io/port"],
            Mesh.Container(name).Items("ports").Single(port => port.Text("name") == "metrics").Text("containerPort"));
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Pods_run_without_privileges(string name)
    {
        var pod = Mesh.Pod(name);
        Assert.Equal("true", pod.Text("spec", "securityContext", "runAsNonRoot"));
        Assert.NotEqual(0, pod.Number("spec", "securityContext", "runAsUser"));
        Assert.Equal("RuntimeDefault", pod.Text("spec", "securityContext", "seccompProfile", "type"));
        Assert.Equal("false", pod.Text("spec", "automountServiceAccountToken"));

        var container = Mesh.Container(name).At("securityContext");
        Assert.Equal("false", container.Text("allowPrivilegeEscalation"));
        Assert.Equal("true", container.Text("readOnlyRootFilesystem"));
        Assert.Equal("ALL", container.Items("capabilities", "drop").Single().Text());
    }

    /// <summary>Uploads and prepared audio lie in temporary files; the root file system is read-only.</summary>
    [KubectlTheory, MemberData(nameof(Programs))]
    public void Temporary_files_have_a_place_on_disk(string name)
    {
        var mount = Mesh.Container(name).Items("volumeMounts").Single(m => m.Text("mountPath") == "/tmp");
        var volume = Mesh.Pod(name).Items("spec", "volumes").Single(v => v.Text("name") == mount.Text("name"));
        Assert.Null(volume.At("emptyDir").Find("medium")); // "Memory" would count as the container's
    }

    /// <summary>What is more is evicted, so a server refuses calls before. Generators take no audio.</summary>
    [KubectlTheory, MemberData(nameof(Programs))]
    public void Temporary_files_are_bounded_above_the_limit_of_the_server(string name)
    {
        var limit = Mesh.Pod(name).Items("spec", "volumes").Single(v => v.Text("name") == "tmp").Text("emptyDir", "sizeLimit");
        Assert.EndsWith("Gi", limit, StringComparison.Ordinal);
        if (!name.EndsWith("generator", StringComparison.Ordinal))
            Assert.True(long.Parse(limit[..^2], CultureInfo.InvariantCulture) << 30 > new MeshLimits().MaxDiskBytes);
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Pods_say_what_they_need(string name)
    {
        var resources = Mesh.Container(name).At("resources");
        Assert.NotEmpty(resources.Text("requests", "cpu"));
        Assert.NotEmpty(resources.Text("requests", "memory"));
        Assert.NotEmpty(resources.Text("limits", "memory"));
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void The_environment_sets_options_that_exist(string name)
    {
        Assert.All(Mesh.Environment(name), variable => Assert.True(Settings.Exists(variable.Key), $"{variable.Key} binds to nothing"));
    }

    /// <summary>A headless service's name has the address of every pod: the gateway chooses among them itself.</summary>
    [KubectlFact]
    public void The_services_of_the_stages_are_headless() =>
        Assert.All(Program.Stages, stage => Assert.Equal("None", Mesh.Object("Service", stage.Name).Text("spec", "clusterIP")));

    [KubectlTheory, MemberData(nameof(Programs))]
    public void A_pod_may_drain_before_it_is_killed(string name) =>
        Assert.True(
            Mesh.Pod(name).Number("spec", "terminationGracePeriodSeconds") > new DrainOptions().Seconds + DrainOptions.Margin.TotalSeconds);

    [KubectlFact]
    public void The_gateway_knows_the_address_of_every_stage()
    {
        var addresses = Mesh.Environment("gateway").Where(v => v.Key.StartsWith("Stages__", StringComparison.Ordinal)).Select(v => v.Value);
        Assert.Equal(
            Program.Stages.Select(stage => $"dns:///{stage.Name}:{stage.Port}").Order(StringComparer.Ordinal),
            addresses.Order(StringComparer.Ordinal));
    }
}
