using k8s.Models;
using VampNet.Core;
using Xunit;

namespace Deploy.Tests;

/// <summary>The two ways to scale, by HPA and by KEDA, do the same: each stage by the jobs that it has.</summary>
public class ScalingTests
{
    // The name of the gateway's server in metrics is its own.
    private static readonly Dictionary<string, string> StageNames = Program.Stages.ToDictionary(
        program => program.Name, program => StageInfo.All.Single(stage => stage.Port == program.Port).Name)
        .Append(new("gateway", "gateway")).ToDictionary();

    private static readonly Lazy<Mesh> Hpa = new(() => Mesh.Of(Kustomizations.With("cpu", "hpa")));
    private static readonly Lazy<Mesh> Keda = new(() => Mesh.Of(Kustomizations.With("cpu", "keda")));

    public static TheoryData<string> Programs => [.. Program.All.Select(program => program.Name)];

    [KubectlTheory, MemberData(nameof(Programs))]
    public void Both_scale_by_the_same_metric_with_the_same_target(string name)
    {
        var autoscaler = Hpa.Value.Object<V2HorizontalPodAutoscaler>(name).Spec;
        var scaler = Keda.Value.Object<ScaledObject>(name).Spec;
        Assert.Equal((2, 10), (autoscaler.MinReplicas, autoscaler.MaxReplicas));
        Assert.Equal((2, 10), (scaler.MinReplicaCount, scaler.MaxReplicaCount));
        Assert.Equal((name, name), (autoscaler.ScaleTargetRef.Name, scaler.ScaleTargetRef.Name));
        var (metric, trigger) = (Assert.Single(autoscaler.Metrics), Assert.Single(scaler.Triggers));
        if (metric.Pods is not { } pods)
        {
            Assert.Equal(("cpu", "cpu"), (metric.Resource.Name, trigger.Type));
            Assert.Equal($"{metric.Resource.Target.AverageUtilization}", trigger.Metadata["value"]);
            return;
        }
        Assert.Equal(("prometheus", "AverageValue", "AverageValue"), (trigger.Type, trigger.MetricType, pods.Target.Type));
        Assert.Equal(pods.Target.AverageValue.ToString(), trigger.Metadata["threshold"]);
        // prometheus-adapter.yaml says what vampnet_jobs are.
        string[] metrics = pods.Metric.Name == "vampnet_jobs" ? ["vampnet_job_waiting", "vampnet_job_active"] : [pods.Metric.Name];
        var of = $"{{namespace=\"vampnet\",vampnet_stage=\"{StageNames[name]}\"}}";
        Assert.All(metrics, metric => Assert.Contains(metric + of, trigger.Metadata["query"], StringComparison.Ordinal));
    }

    /// <summary>Else a Prometheus that is away for a minute would halve the mesh.</summary>
    [KubectlTheory, MemberData(nameof(Programs))]
    public void There_stay_as_many_where_Prometheus_does_not_answer(string name)
    {
        var scaler = Keda.Value.Object<ScaledObject>(name).Spec;
        Assert.Equal(scaler.Triggers.Single().Type == "prometheus" ? "currentReplicasIfHigher" : null, scaler.Fallback?.Behavior);
    }

    /// <summary>One replica goes at a time, and the next when it had the time to end; gateways may take long, and need not.</summary>
    [KubectlTheory, MemberData(nameof(Programs))]
    public void Scaling_down_lets_replicas_drain(string name)
    {
        V2HorizontalPodAutoscalerBehavior[] behaviors =
        [
            Hpa.Value.Object<V2HorizontalPodAutoscaler>(name).Spec.Behavior,
            Keda.Value.Object<ScaledObject>(name).Spec.Advanced.HorizontalPodAutoscalerConfig.Behavior,
        ];
        Assert.All(behaviors, behavior =>
        {
            var policy = Assert.Single(behavior.ScaleDown.Policies);
            Assert.Equal(("Pods", 1, 300), (policy.Type, policy.Value, behavior.ScaleDown.StabilizationWindowSeconds));
            if (name != "gateway")
                Assert.True(policy.PeriodSeconds > Hpa.Value.Pod(name).Spec.TerminationGracePeriodSeconds);
        });
    }
}
