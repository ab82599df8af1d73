using k8s.Models;
using Xunit;

namespace Deploy.Tests;

/// <summary>Every port has TLS, stages answer the gateway alone, and what programs are told of is mounted from secrets.</summary>
public class SecureOverlayTests
{
    private static readonly Lazy<Mesh> Rendered = new(() => Mesh.Of("k8s/overlays/secure"));

    public static TheoryData<string> Programs => [.. Program.All.Select(program => program.Name)];

    public static TheoryData<string> Stages => [.. Program.Stages.Select(stage => stage.Name)];

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Every_file_that_a_program_is_told_of_is_mounted_from_a_secret(string name)
    {
        var settings = Rendered.Value.Environment(name);
        var paths = settings.Keys.Where(key => key.EndsWith("Path", StringComparison.Ordinal)).Select(key => settings[key]).ToList();
        Assert.Equal(name == "gateway" ? 6 : 3, paths.Count);
        Assert.All(paths, path =>
        {
            var secret = SecretAt(name, Path.GetDirectoryName(path)!);
            if (secret != "api-keys") // which the cluster's owner makes
                Assert.Contains(Path.GetFileName(path), new[] { "tls.crt", "tls.key", "ca.crt" });
            Assert.Contains(secret, Rendered.Value.All<Certificate>().Select(o => o.Spec.SecretName).Append("api-keys"));
        });
    }

    [KubectlTheory, MemberData(nameof(Stages))]
    public void The_gateway_calls_a_stage_by_the_name_that_its_certificate_has_and_shows_one_of_the_same_authority(string name)
    {
        var port = Program.Named(name).Port;
        Assert.Contains($"dns+https:///{name}:{port}", Rendered.Value.Environment("gateway").Values);
        var server = CertificateAt(name, "/tls");
        Assert.Contains(name, server.DnsNames);
        Assert.Equal(["server auth"], server.Usages);
        var client = CertificateAt("gateway", "/tls-client");
        Assert.Equal(["client auth"], client.Usages);
        Assert.Equal(server.IssuerRef.Name, client.IssuerRef.Name);
        Assert.Equal("/tls/ca.crt", Rendered.Value.Environment(name)["Tls__ClientCaPath"]);
    }

    [KubectlFact]
    public void Clients_find_the_gateway_by_names_that_its_certificate_has_and_have_to_say_who_they_are()
    {
        var certificate = CertificateAt("gateway", "/tls");
        var services = Rendered.Value.Selecting<V1Service>("gateway", service => service.Spec.Selector).ToList();
        Assert.All(services, service => Assert.Contains($"{service.Metadata.Name}.vampnet.svc", certificate.DnsNames));
        // HTTP has no port of its own where there is TLS: that of the Service leads to the other.
        var ports = services.SelectMany(service => service.Spec.Ports).ToList();
        Assert.Equal(["grpc", "grpc", "http"], ports.Select(port => port.Name).Order(StringComparer.Ordinal));
        Assert.All(ports, port => Assert.Equal(("https", "grpc"), (port.AppProtocol, port.TargetPort.Value)));
        Assert.Equal(["grpc", "metrics"], Rendered.Value.Container("gateway").Ports.Select(port => port.Name));
        Assert.Equal("/api-keys/keys.json", Rendered.Value.Environment("gateway")["Authentication__ApiKeysPath"]);
        Assert.DoesNotContain("Tls__ClientCaPath", Rendered.Value.Environment("gateway").Keys); // keys, not certificates
    }

    /// <summary>Kubelets have no certificate of the mesh, and their gRPC probes no TLS.</summary>
    [KubectlTheory, MemberData(nameof(Programs))]
    public void Probes_ask_at_the_port_for_operators(string name)
    {
        var container = Rendered.Value.Container(name);
        V1Probe[] probes = [container.StartupProbe, container.ReadinessProbe, container.LivenessProbe];
        Assert.All(probes, probe => Assert.Null(probe.Grpc));
        Assert.All(probes, probe => Assert.Equal("metrics", probe.HttpGet.Port.Value));
        Assert.Equal(["/livez", "/healthz", "/livez"], probes.Select(probe => probe.HttpGet.Path));
    }

    [KubectlFact]
    public void No_key_is_in_the_manifests() => Assert.Empty(Rendered.Value.All<V1Secret>());

    private static CertificateSpec CertificateAt(string name, string folder) =>
        Rendered.Value.All<Certificate>().Single(o => o.Spec.SecretName == SecretAt(name, folder)).Spec;

    private static string SecretAt(string name, string folder)
    {
        var mount = Rendered.Value.Container(name).VolumeMounts.Single(o => o.MountPath == folder);
        Assert.True(mount.ReadOnlyProperty);
        var secret = Rendered.Value.Pod(name).Spec.Volumes.Single(volume => volume.Name == mount.Name).Secret;
        Assert.Equal(Convert.ToInt32("440", 8), secret.DefaultMode);
        return secret.SecretName;
    }
}
