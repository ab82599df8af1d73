using k8s.Models;
using Xunit;

namespace Deploy.Tests;

public class GpuOverlayTests
{
    private static readonly string[] OnGpu = ["codec", "coarse-generator", "fine-generator"];

    private static readonly Lazy<Mesh> Rendered = new(() => Mesh.Of("k8s/overlays/gpu"));

    public static TheoryData<string> Programs => [.. Program.All.Select(program => program.Name)];

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Networks_run_on_a_gpu_and_the_rest_does_not(string name)
    {
        var container = Rendered.Value.Container(name);
        var image = Mesh.Of("k8s/base").Container(name).Image;
        if (OnGpu.Contains(name))
        {
            Assert.Equal("1", container.Resources.Limits["nvidia.com/gpu"].ToString());
            Assert.Equal("cuda", Rendered.Value.Environment(name)["Model__Device"]);
            Assert.Equal(image + "-cuda", container.Image);
        }
        else
        {
            Assert.DoesNotContain("nvidia.com/gpu", container.Resources.Limits.Keys);
            Assert.DoesNotContain("Model__Device", Rendered.Value.Environment(name).Keys);
            Assert.Equal(image, container.Image);
        }
    }

    /// <summary>Else a rollout would wait for ever where no card is spare: seen on a cluster.</summary>
    [KubectlTheory, MemberData(nameof(Programs))]
    public void A_rollout_waits_for_no_spare_card(string name)
    {
        var rolling = Rendered.Value.Object<V1Deployment>(name).Spec.Strategy.RollingUpdate;
        Assert.Equal(OnGpu.Contains(name) ? ("0", "1") : ("1", "0"), (rolling.MaxSurge.Value, rolling.MaxUnavailable.Value));
    }

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Networks_go_to_nodes_that_have_cards_and_nothing_else_does(string name)
    {
        var pod = Rendered.Value.Pod(name).Spec;
        var terms = pod.Affinity?.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms;
        Assert.Equal(OnGpu.Contains(name), terms?.Single().MatchExpressions.Single().Key == "nvidia.com/gpu.present");
        Assert.Equal(OnGpu.Contains(name), pod.Tolerations?.Any(o => o.Key == "nvidia.com/gpu") ?? false);
    }
}
