using Xunit;

namespace Deploy.Tests;

public class GpuOverlayTests
{
    private static readonly string[] OnGpu = ["codec", "coarse-generator", "fine-generator"];

    private static readonly Lazy<Mesh> Rendered = new(() => new Mesh("k8s/overlays/gpu"));

    public static TheoryData<string> Programs => [.. Program.All.Select(program => program.Name)];

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Networks_run_on_a_gpu_and_the_rest_does_not(string name)
    {
        var container = Rendered.Value.Container(name);
        var gpus = container.Find("resources", "limits", "nvidia.com/gpu");
        if (OnGpu.Contains(name))
        {
            Assert.Equal("1", gpus?.Text());
            Assert.Equal("cuda", Rendered.Value.Environment(name)["Model__Device"]);
            Assert.Equal(Program.Named(name).Image + ":cuda", container.Text("image"));
        }
        else
        {
            Assert.Null(gpus);
            Assert.NotEqual("cuda", Rendered.Value.Environment(name).GetValueOrDefault("Model__Device"));
            Assert.Equal(Program.Named(name).Image, container.Text("image"));
        }
    }

    [KubectlFact]
    public void The_overlay_changes_nothing_else_about_the_mesh()
    {
        var names = new Mesh("k8s/base").Names("Deployment");
        Assert.Equal(names, Rendered.Value.Names("Deployment"));
        Assert.All(OnGpu, name => Assert.Equal("true", Rendered.Value.Container(name).Text("securityContext", "readOnlyRootFilesystem")));
    }
}
