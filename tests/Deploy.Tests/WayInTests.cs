using k8s.Models;
using Xunit;

namespace Deploy.Tests;

/// <summary>How clients outside of the cluster reach the gateway.</summary>
public class WayInTests
{
    [KubectlFact]
    public void A_route_of_the_gateway_api_leads_to_the_gateway()
    {
        var route = Assert.Single(Mesh.Of(Kustomizations.With("cpu", "gateway-api")).All<GrpcRoute>()).Spec;
        var backend = Assert.Single(Assert.Single(route.Rules).BackendRefs);
        Assert.Equal((Program.Gateway.Name, Program.Gateway.Port), (backend.Name, backend.Port));
        Assert.NotEmpty(Assert.Single(route.ParentRefs).Name);
    }

    /// <summary>Uploads are long, and so are the times between two messages: the gateway has limits for both.</summary>
    [KubectlFact]
    public void An_ingress_speaks_gRPC_and_bounds_neither_uploads_nor_waiting_more_than_the_gateway()
    {
        var mesh = Mesh.Of(Kustomizations.With("cpu", "ingress"));
        var ingress = Assert.Single(mesh.All<V1Ingress>());
        var backend = Assert.Single(Assert.Single(ingress.Spec.Rules).Http.Paths).Backend.Service;
        Assert.Contains(mesh.Object<V1Service>(backend.Name).Spec.Ports, port => port.Name == backend.Port.Name);
        var annotations = ingress.Metadata.Annotations;
        Assert.Equal("GRPC", annotations["nginx.ingress.kubernetes.io/backend-protocol"]);
        Assert.Equal("0", annotations["nginx.ingress.kubernetes.io/proxy-body-size"]);
        foreach (var direction in new[] { "read", "send" })
            Assert.True(int.Parse(annotations[$"nginx.ingress.kubernetes.io/proxy-{direction}-timeout"]) >= 3600);
        Assert.NotEmpty(ingress.Spec.Tls); // nginx speaks HTTP/2 over TLS only
    }
}
