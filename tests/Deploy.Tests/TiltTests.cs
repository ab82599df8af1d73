using System.Text.Json;
using System.Text.RegularExpressions;
using k8s.Models;
using VampNet.Core;
using VampNet.Gateway;
using VampNet.Testing;
using Xunit;

namespace Deploy.Tests;

/// <summary>The Tiltfile, run with functions that only note how they are called (tiltfile.py), because there is no tilt here.</summary>
public class TiltTests
{
    private static readonly Lazy<JsonElement[]> Noted = new(() =>
        JsonSerializer.Deserialize<JsonElement[]>(Tool.Run(
            "python3", Path.Combine(Repository.Root, "tests", "Deploy.Tests", "tiltfile.py"), Path.Combine(Repository.Root, "Tiltfile")))!);

    public static TheoryData<string> Programs => [.. Program.All.Select(program => program.Name)];

    [Theory, MemberData(nameof(Programs))]
    public void A_program_is_published_and_its_files_are_replaced_in_its_container(string name)
    {
        var program = Program.Named(name);
        var publish = Single("local_resource", "publish " + name);
        var command = Regex.Match(Argument(publish, 1), "^dotnet publish (?<project>\\S+) -c Release -o (?<folder>\\S+) ");
        Assert.True(File.Exists(PathOf($"{command.Groups["project"].Value}/{program.Assembly}.csproj")));
        Assert.All(Texts(publish, "deps"), path => Assert.True(Path.Exists(PathOf(path)), $"{path} does not exist"));

        var build = Single("docker_build_with_restart", program.Image);
        Assert.Equal(command.Groups["folder"].Value, Argument(build, 1));
        Assert.Equal(["dotnet", program.Assembly + ".dll"], Texts(build, "entrypoint"));
        Assert.StartsWith("/app/", Option(build, "restart_file").GetString(), StringComparison.Ordinal); // /tmp is a volume
        Assert.Equal(
            [command.Groups["folder"].Value, "/app"],
            Option(build, "live_update")[0].GetProperty("arguments").EnumerateArray().Select(argument => argument.GetString()));
    }

    [Theory, MemberData(nameof(Programs))]
    public void A_program_has_its_port_here_and_a_button_for_its_load_test(string name)
    {
        var port = Program.Named(name).Port;
        var resource = Single("k8s_resource", name);
        int[] ports = name == "gateway" ? [port, GatewayStage.HttpPort] : [port];
        Assert.Equal(ports.Select(own => $"{own}:{own}"), Texts(resource, "port_forwards"));
        Assert.Equal(["publish " + name], Texts(resource, "resource_deps"));

        var stage = StageInfo.All.SingleOrDefault(stage => stage.Port == port)?.Name ?? name;
        var load = Single("local_resource", "load " + stage);
        var command = $"./vampnet load --stage {stage} --address http://localhost:{port} ";
        Assert.StartsWith(command, Argument(load, 1), StringComparison.Ordinal);
        Assert.Equal(("manual", false), (Option(load, "trigger_mode").GetString(), Option(load, "auto_init").GetBoolean()));
    }

    [KubectlFact]
    public void What_it_deploys_is_the_base_with_one_replica_whose_files_can_be_replaced()
    {
        var yaml = Noted.Value.Single(call => call.GetProperty("name").GetString() == "k8s_yaml").GetProperty("arguments")[0];
        var mesh = Mesh.Of(Argument(yaml, 0));
        Assert.All(Program.All, program =>
        {
            var deployment = mesh.Object<V1Deployment>(program.Name).Spec;
            Assert.Equal((1, 0), (deployment.Replicas, deployment.MinReadySeconds));
            Assert.False(mesh.Container(program.Name).SecurityContext.ReadOnlyRootFilesystem);
            Assert.Equal("0", mesh.Environment(program.Name)["Drain__DelaySeconds"]);
            Assert.All(mesh.Environment(program.Name).Keys, key => Assert.True(Settings.Exists(key)));
        });
    }

    [Fact]
    public void The_image_that_programs_are_put_into_is_a_target_of_the_Dockerfile()
    {
        var runtime = Single("docker_build", "vampnet/runtime");
        var dockerfile = File.ReadAllText(PathOf("Dockerfile"));
        Assert.Matches($@"(?m)^FROM \S+ AS {Option(runtime, "target").GetString()}$", dockerfile);
        Assert.Matches("(?m)^WORKDIR /app$", dockerfile);
        Assert.Matches("(?m)^USER 10001:10001$", dockerfile);
    }

    private static JsonElement Single(string function, string first) =>
        Noted.Value.Single(call => call.GetProperty("name").GetString() == function && Argument(call, 0) == first);

    private static string Argument(JsonElement call, int index) => call.GetProperty("arguments")[index].GetString()!;

    private static JsonElement Option(JsonElement call, string name) => call.GetProperty("options").GetProperty(name);

    private static IEnumerable<string> Texts(JsonElement call, string name) =>
        Option(call, name).EnumerateArray().Select(text => text.GetString()!);

    private static string PathOf(string path) => Path.Combine(Repository.Root, path);
}
