using k8s;
using k8s.Models;

namespace Deploy.Tests;

/// <summary>Kinds that are no part of Kubernetes, with the fields that are used here: any other is an error.</summary>
internal static class CustomResource
{
    public static IDictionary<string, Type> Types { get; } = new Dictionary<string, Type>
    {
        ["gateway.networking.k8s.io/v1/GRPCRoute"] = typeof(GrpcRoute),
        ["gateway.networking.k8s.io/v1/HTTPRoute"] = typeof(HttpRoute),
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(ScaledObject),
        ["cert-manager.io/v1/Certificate"] = typeof(Certificate),
        ["cert-manager.io/v1/Issuer"] = typeof(Issuer),
        ["monitoring.coreos.com/v1/PodMonitor"] = typeof(PodMonitor),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(PrometheusRule),
    };
}

internal abstract class CustomObject : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();
}

internal sealed class GrpcRoute : CustomObject
{
    public required RouteSpec<GrpcRouteRule> Spec { get; set; }
}

internal sealed class HttpRoute : CustomObject
{
    public required RouteSpec<HttpRouteRule> Spec { get; set; }
}

internal sealed class RouteSpec<TRule>
{
    public IList<ParentReference> ParentRefs { get; set; } = [];

    public IList<string> Hostnames { get; set; } = [];

    public IList<TRule> Rules { get; set; } = [];
}

internal sealed class ParentReference
{
    public string Name { get; set; } = "";

    public string Namespace { get; set; } = "";

    public string SectionName { get; set; } = "";
}

internal class GrpcRouteRule
{
    public IList<BackendReference> BackendRefs { get; set; } = [];
}

internal sealed class HttpRouteRule : GrpcRouteRule
{
    public HttpRouteTimeouts? Timeouts { get; set; }
}

internal sealed class HttpRouteTimeouts
{
    public string Request { get; set; } = "";
}

internal sealed class BackendReference
{
    public string Name { get; set; } = "";

    public int Port { get; set; }
}

internal sealed class ScaledObject : CustomObject
{
    public required ScaledObjectSpec Spec { get; set; }
}

internal sealed class ScaledObjectSpec
{
    public V1ObjectReference ScaleTargetRef { get; set; } = new();

    public int PollingInterval { get; set; }

    public int MinReplicaCount { get; set; }

    public int MaxReplicaCount { get; set; }

    public ScaledObjectFallback? Fallback { get; set; }

    public ScaledObjectAdvanced Advanced { get; set; } = new();

    public IList<ScaleTrigger> Triggers { get; set; } = [];
}

internal sealed class ScaledObjectFallback
{
    public int FailureThreshold { get; set; }

    public int Replicas { get; set; }

    public string Behavior { get; set; } = "";
}

internal sealed class ScaledObjectAdvanced
{
    public ScaledObjectAutoscaler HorizontalPodAutoscalerConfig { get; set; } = new();
}

internal sealed class ScaledObjectAutoscaler
{
    public V2HorizontalPodAutoscalerBehavior Behavior { get; set; } = new();
}

internal sealed class ScaleTrigger
{
    public string Type { get; set; } = "";

    public string MetricType { get; set; } = "";

    public IDictionary<string, string> Metadata { get; set; } = new Dictionary<string, string>();
}

internal sealed class PodMonitor : CustomObject
{
    public required PodMonitorSpec Spec { get; set; }
}

internal sealed class PodMonitorSpec
{
    public V1LabelSelector Selector { get; set; } = new();

    public IList<string> PodTargetLabels { get; set; } = [];

    public IList<PodMetricsEndpoint> PodMetricsEndpoints { get; set; } = [];
}

internal sealed class PodMetricsEndpoint
{
    public string Port { get; set; } = "";

    public string Interval { get; set; } = "";
}

internal sealed class PrometheusRule : CustomObject
{
    public required PrometheusRuleSpec Spec { get; set; }
}

internal sealed class PrometheusRuleSpec
{
    public IList<RuleGroup> Groups { get; set; } = [];
}

internal sealed class RuleGroup
{
    public string Name { get; set; } = "";

    public IList<Rule> Rules { get; set; } = [];
}

internal sealed class Rule
{
    public string Record { get; set; } = "";

    public string Alert { get; set; } = "";

    public string Expr { get; set; } = "";

    public string For { get; set; } = "";

    public IDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    public IDictionary<string, string> Annotations { get; set; } = new Dictionary<string, string>();
}

internal sealed class Issuer : CustomObject
{
    public required IssuerSpec Spec { get; set; }
}

internal sealed class IssuerSpec
{
    public IDictionary<string, string>? SelfSigned { get; set; }

    public CaIssuer? Ca { get; set; }
}

internal sealed class CaIssuer
{
    public string SecretName { get; set; } = "";
}

internal sealed class Certificate : CustomObject
{
    public required CertificateSpec Spec { get; set; }
}

internal sealed class CertificateSpec
{
    public bool IsCA { get; set; }

    public string CommonName { get; set; } = "";

    public string SecretName { get; set; } = "";

    public IList<string> DnsNames { get; set; } = [];

    public IList<string> Usages { get; set; } = [];

    public string Duration { get; set; } = "";

    public string RenewBefore { get; set; } = "";

    public CertificateKey PrivateKey { get; set; } = new();

    public V1ObjectReference IssuerRef { get; set; } = new();
}

internal sealed class CertificateKey
{
    public string Algorithm { get; set; } = "";

    public int Size { get; set; }

    public string RotationPolicy { get; set; } = "";
}
