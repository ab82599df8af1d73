using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using VampNet.Core;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Stages;
using VampNet.Gateway.Telemetry;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace VampNet.Gateway.Tests.Stages;

public sealed class PendingStepsLoadBalancingPolicyTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly StageClients _stages;
    private readonly PendingStepsLoadBalancingPolicy _policy;

    public PendingStepsLoadBalancingPolicyTests()
    {
        var addresses = new StageAddresses { ["FineGenerator"] = "http://a:1,http://b:1" };
        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        _stages = new StageClients(
            addresses, Options.Create(new RetryOptions()), Options.Create(new ReplicaOptions()), new Random(1),
            TimeProvider.System, metrics, NullLoggerFactory.Instance);
        _policy = new PendingStepsLoadBalancingPolicy(_stages);
    }

    private IReadOnlyList<Replica> Replicas => _stages.Of(StageInfo.Fine).Replicas;

    public void Dispose()
    {
        _stages.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void A_routed_call_goes_where_the_pipelines_own_leave_room_and_counts_until_its_end()
    {
        using var own = Replicas[0].Begin(2);
        var (first, second, third) = (new Response(), new Response(), new Response());
        Assert.Equal("http://b:1/", Pick(first));
        Assert.Equal("http://b:1/", Pick(second)); // 2, 1
        Assert.Equal((2, 2), (Replicas[0].Pending, Replicas[1].Pending));
        first.End();
        second.End();
        Assert.Equal((2, 0), (Replicas[0].Pending, Replicas[1].Pending));
        own.Dispose();
        Replicas[1].Report(9); // of other gateways
        Assert.Equal("http://a:1/", Pick(third));
        third.End();
    }

    [Fact]
    public void Where_none_serves_any_is_asked_for_the_error()
    {
        foreach (var replica in Replicas)
            replica.State = ReplicaState.NotServing;
        Assert.NotNull(Pick(new Response()));
    }

    private string? Pick(Response response)
    {
        var destinations = Replicas.Select(
            r => new DestinationState(
                r.Address.AbsoluteUri, new DestinationModel(new DestinationConfig { Address = r.Address.AbsoluteUri }))).ToList();
        return _policy.PickDestination(response.Context, new ClusterState(StageInfo.Fine.Name), destinations)?.DestinationId;
    }

    /// <summary>A call whose response ends when the test says so.</summary>
    private sealed class Response
    {
        private readonly List<IDisposable> _registered = [];

        public Response() => Context.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpResponseFeature>(new Feature(this));

        public DefaultHttpContext Context { get; } = new();

        public void End() => _registered.ForEach(disposable => disposable.Dispose());

        private sealed class Feature(Response response) : Microsoft.AspNetCore.Http.Features.HttpResponseFeature
        {
            public override void OnCompleted(Func<object, Task> callback, object state)
            {
                if (state is IDisposable disposable)
                    response._registered.Add(disposable);
            }
        }
    }
}
