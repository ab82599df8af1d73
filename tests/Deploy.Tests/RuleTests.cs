using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using VampNet.Services.Hosting.Drain;
using VampNet.Services.Hosting.Limits;
using Xunit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Deploy.Tests;

/// <summary>What holds for everything that is deployed, in every overlay and with every component.</summary>
public partial class RuleTests
{
    public static TheoryData<string> All => Kustomizations.All;

    public static TheoryData<string, string> Programs => Kustomizations.Programs;

    [KubectlTheory, MemberData(nameof(All))]
    public void Every_object_has_only_fields_that_exist_and_lives_in_the_namespace(string kustomization)
    {
        var mesh = Mesh.Of(kustomization); // fails where a field does not exist
        var space = Assert.Single(mesh.All<V1Namespace>()).Metadata.Name;
        Assert.All(mesh.Objects.Where(o => o is not V1Namespace), o => Assert.Equal(space, o.Metadata.NamespaceProperty));
        Assert.Distinct(mesh.Objects.Select(o => (o.Kind, o.Metadata.Name)));
    }

    [Fact]
    public void A_field_that_does_not_exist_is_an_error()
    {
        const string Pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: b\n    image: c\n";
        Assert.Single(Mesh.Parse(Pod).All<V1Pod>());
        Assert.Throws<YamlException>(() => Mesh.Parse(Pod + "    imagePolicy: Always\n"));
        Assert.Throws<YamlException>(() => Mesh.Parse(Pod + "    image: d\n"));
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Pods_of_a_lost_node_start_elsewhere_after_half_a_minute(string kustomization, string name)
    {
        var tolerated = Mesh.Of(kustomization).Pod(name).Spec.Tolerations.ToDictionary(toleration => toleration.Key);
        foreach (var lost in new[] { "node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready" })
            Assert.Equal(("NoExecute", 30), (tolerated[lost].Effect, tolerated[lost].TolerationSeconds));
    }

    /// <summary>An API server refuses a number or a boolean where text is wanted; the typed models take it.</summary>
    [KubectlTheory, MemberData(nameof(All))]
    public void Texts_that_look_like_numbers_are_quoted(string kustomization)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Tool.Kustomize(kustomization)));
        var texts = yaml.Documents.SelectMany(document => document.AllNodes).OfType<YamlMappingNode>().SelectMany(TextsOf);
        Assert.All(texts.Where(text => text.Style == ScalarStyle.Plain), text => Assert.DoesNotMatch(NumberOrBoolean(), text.Value ?? ""));

        // The values of maps of texts, and those of environment variables.
        static IEnumerable<YamlScalarNode> TextsOf(YamlMappingNode map) => map.Children.SelectMany(
            entry => (entry.Key.ToString(), entry.Value) switch
            {
                ("data" or "labels" or "annotations" or "matchLabels" or "metadata", YamlMappingNode texts) =>
                    texts.Children.Values.OfType<YamlScalarNode>(),
                ("value", YamlScalarNode text) when map.Children.ContainsKey("name") => [text],
                _ => Enumerable.Empty<YamlScalarNode>(),
            });
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Nothing_is_lost_while_replicas_are_replaced(string kustomization, string name)
    {
        var mesh = Mesh.Of(kustomization);
        var spec = mesh.Object<V1Deployment>(name).Spec;
        var rolling = spec.Strategy.RollingUpdate;
        Assert.Equal(1, int.Parse(rolling.MaxSurge) + int.Parse(rolling.MaxUnavailable));
        // Where an autoscaler says how many there are, the manifest does not.
        if (spec.Replicas is { } replicas)
            Assert.True(replicas >= 2);
        else
            Assert.Contains(name, Autoscaled(mesh));

        var settings = mesh.Environment(name);
        var (delay, seconds) = (Number(settings, "Drain__DelaySeconds"), Number(settings, "Drain__Seconds"));
        // From ready to known: a DNS cache of 30 s, and the gateway's look every 5 s.
        Assert.True(spec.MinReadySeconds + delay >= 30 + 5);
        var sleep = mesh.Container(name).Lifecycle?.PreStop?.Sleep?.Seconds ?? 0;
        Assert.True(spec.Template.Spec.TerminationGracePeriodSeconds > sleep + delay + seconds + DrainOptions.Margin.TotalSeconds);

        var budget = Assert.Single(mesh.Selecting<V1PodDisruptionBudget>(name, o => o.Spec.Selector?.MatchLabels));
        Assert.NotEmpty(budget.Spec.Selector.MatchLabels);
        Assert.Equal(("1", "AlwaysAllow"), (budget.Spec.MaxUnavailable.Value, budget.Spec.UnhealthyPodEvictionPolicy));
        foreach (var key in new[] { "topology.kubernetes.io/zone", "kubernetes.io/hostname" })
        {
            var spread = Assert.Single(spec.Template.Spec.TopologySpreadConstraints, o => o.TopologyKey == key);
            Assert.Equal("ScheduleAnyway", spread.WhenUnsatisfiable);
            Assert.True(Mesh.Selects(spread.LabelSelector.MatchLabels, spec.Template));
            Assert.NotEmpty(spread.LabelSelector.MatchLabels);
        }
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Pods_are_restricted_and_have_an_account_of_their_own_without_a_token(string kustomization, string name)
    {
        var mesh = Mesh.Of(kustomization);
        Assert.Equal("restricted", mesh.All<V1Namespace>().Single().Metadata.Labels["pod-security.kubernetes.io/enforce"]);
        var pod = mesh.Pod(name).Spec;
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.Equal(name, pod.ServiceAccountName);
        Assert.False(mesh.Object<V1ServiceAccount>(name).AutomountServiceAccountToken);
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.NotEqual(0, pod.SecurityContext.RunAsUser);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.All([.. pod.Containers, .. pod.InitContainers ?? []], container =>
        {
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
            Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        });
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Images_have_the_version_and_are_pulled_once(string kustomization, string name)
    {
        var container = Mesh.Of(kustomization).Container(name);
        // In the registry that an overlay names.
        Assert.Matches($@"^(registry\.example\.com/)?{Program.Named(name).Image}:\d+\.\d+\.\d+(-cuda)?$", container.Image);
        Assert.Equal("IfNotPresent", container.ImagePullPolicy);
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Pods_say_what_they_need_and_disks_hold_what_servers_take(string kustomization, string name)
    {
        var mesh = Mesh.Of(kustomization);
        var resources = mesh.Container(name).Resources;
        Assert.Contains("cpu", resources.Requests.Keys);
        if (name is "codec" or "coarse-generator" or "fine-generator")
            Assert.Contains("cpu", resources.Limits.Keys); // it starts as many threads
        foreach (var resource in new[] { "memory", "ephemeral-storage" })
            Assert.InRange(resources.Requests[resource].ToDecimal(), 1, resources.Limits[resource].ToDecimal());

        // On disk: "Memory" would count as the container's. What is more than the limit is evicted, so a server refuses calls before.
        var disk = Assert.Single(mesh.Pod(name).Spec.Volumes, volume => volume.Name == "tmp").EmptyDir;
        Assert.Null(disk.Medium);
        var together = mesh.Pod(name).Spec.Volumes.Where(volume => volume.EmptyDir is not null).Sum(o => o.EmptyDir.SizeLimit.ToDecimal());
        var least = Program.Named(name).TakesAudio ? new MeshLimits().MaxDiskBytes + 1 : 1;
        Assert.InRange(disk.SizeLimit.ToDecimal(), least, together);
        Assert.True(together < resources.Limits["ephemeral-storage"].ToDecimal());
        Assert.Equal("tmp", Assert.Single(mesh.Container(name).VolumeMounts, mount => mount.MountPath == "/tmp").Name);
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Start_readiness_and_life_are_probed_with_time_for_a_large_package_on_a_cold_disk(string kustomization, string name)
    {
        var container = Mesh.Of(kustomization).Container(name);
        V1Probe[] probes = [container.StartupProbe, container.ReadinessProbe, container.LivenessProbe];
        Assert.All(probes, probe => Assert.Equal(5, probe.TimeoutSeconds));
        if (name != "gateway")
            Assert.True(container.StartupProbe.PeriodSeconds * container.StartupProbe.FailureThreshold >= 300);
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void The_environment_sets_options_that_exist_and_each_once(string kustomization, string name) =>
        Assert.All(
            Mesh.Of(kustomization).Environment(name).Keys, key => Assert.True(Settings.Exists(key), $"{key} binds to nothing"));

    private static IEnumerable<string> Autoscaled(Mesh mesh) =>
        [
            .. mesh.All<V2HorizontalPodAutoscaler>().Select(o => o.Spec.ScaleTargetRef.Name),
            .. mesh.All<ScaledObject>().Select(o => o.Spec.ScaleTargetRef.Name),
        ];

    private static double Number(Dictionary<string, string> settings, string key) =>
        double.Parse(settings[key], CultureInfo.InvariantCulture);

    [GeneratedRegex("^(true|false|yes|no|on|off|null|~|[-+]?[0-9.]+)$")]
    private static partial Regex NumberOrBoolean();
}
