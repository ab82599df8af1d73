using k8s.Models;
using VampNet.Gateway;
using Xunit;

namespace Deploy.Tests;

/// <summary>How clients outside of the cluster reach the gateway: by gRPC, and by HTTP, each at a name of its own.</summary>
public class WayInTests
{
    private const string Nginx = "nginx.ingress.kubernetes.io";

    public static TheoryData<string> Overlays => ["cpu", "secure"];

    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Routes_of_the_gateway_api_lead_to_the_gateway(string overlay)
    {
        var mesh = Mesh.Of(Kustomizations.With(overlay, "gateway-api"));
        var (grpc, http) = (Assert.Single(mesh.All<GrpcRoute>()).Spec, Assert.Single(mesh.All<HttpRoute>()).Spec);
        LeadsTo(mesh, Program.Gateway.Port, Assert.Single(Assert.Single(grpc.Rules).BackendRefs));
        LeadsTo(mesh, GatewayStage.HttpPort, Assert.Single(Assert.Single(http.Rules).BackendRefs));
        Assert.Empty(grpc.Hostnames.Intersect(http.Hostnames)); // a listener refuses the second route of a name
        Assert.NotEmpty(Assert.Single(grpc.ParentRefs).Name);
        Assert.Equivalent(grpc.ParentRefs, http.ParentRefs);
        // Events and WebSockets last; 0 is none.
        Assert.Equal("0s", Assert.Single(http.Rules).Timeouts?.Request);
    }

    /// <summary>Uploads are long, and so are the times between two messages: the gateway has limits for both.</summary>
    [KubectlTheory, MemberData(nameof(Overlays))]
    public void Ingresses_bound_neither_uploads_nor_waiting_more_than_the_gateway(string overlay)
    {
        var mesh = Mesh.Of(Kustomizations.With(overlay, "ingress"));
        var (grpc, http) = (mesh.Object<V1Ingress>("gateway"), mesh.Object<V1Ingress>("gateway-http"));
        Assert.Equal(("grpc", "http"), (PortOf(grpc), PortOf(http)));
        Assert.Equal(("GRPC", "HTTP"), (Annotation(grpc, "backend-protocol"), Annotation(http, "backend-protocol")));
        Assert.NotEqual(grpc.Spec.Rules.Single().Host, http.Spec.Rules.Single().Host);
        Assert.Equal("off", Annotation(http, "proxy-buffering"));
        Assert.All(new[] { grpc, http }, ingress =>
        {
            Assert.Equal("0", Annotation(ingress, "proxy-body-size"));
            Assert.Equal("off", Annotation(ingress, "proxy-request-buffering"));
            foreach (var direction in new[] { "read", "send" })
                Assert.True(int.Parse(Annotation(ingress, $"proxy-{direction}-timeout")) >= 3600);
            // nginx speaks HTTP/2 over TLS only.
            Assert.Equal(ingress.Spec.Rules.Select(rule => rule.Host), Assert.Single(ingress.Spec.Tls).Hosts);
        });

        string PortOf(V1Ingress ingress)
        {
            var backend = Assert.Single(Assert.Single(ingress.Spec.Rules).Http.Paths).Backend.Service;
            LeadsTo(mesh, mesh.Object<V1Service>(backend.Name).Spec.Ports.Single(port => port.Name == backend.Port.Name));
            return backend.Port.Name;
        }
    }

    private static void LeadsTo(Mesh mesh, int port, BackendReference backend)
    {
        Assert.Equal((Program.Gateway.Name, port), (backend.Name, backend.Port));
        LeadsTo(mesh, mesh.Object<V1Service>(backend.Name).Spec.Ports.Single(outer => outer.Port == port));
    }

    private static void LeadsTo(Mesh mesh, V1ServicePort port) =>
        Assert.Contains(mesh.Container(Program.Gateway.Name).Ports, inner => inner.Name == port.TargetPort.Value);

    private static string Annotation(V1Ingress ingress, string name) => ingress.Metadata.Annotations[$"{Nginx}/{name}"];
}
