using Grpc.Core;
using Grpc.Health.V1;
using VampNet.Core;

namespace VampNet.Cli.Doctor;

/// <summary>A mesh: its gateway, and each stage behind it.</summary>
internal static class MeshFindings
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> LookAsync(Connection mesh, CancellationToken cancellationToken)
    {
        using var channel = mesh.OpenChannel(mesh.Gateway);
        var health = new Health.HealthClient(channel);
        var gateway = await AskAsync(health, $"gateway {mesh.Gateway}", "liveness", cancellationToken);
        if (gateway.State == FindingState.Bad)
            return [gateway];
        var stages = await Task.WhenAll(StageInfo.All.Select(
            stage => AskAsync(health, $"stage {stage.Name}", stage.Service, cancellationToken)));
        return [gateway, .. stages];
    }

    private static async Task<Finding> AskAsync(
        Health.HealthClient health, string name, string service, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await health.CheckAsync(
                new HealthCheckRequest { Service = service }, deadline: DateTime.UtcNow + s_patience, cancellationToken: cancellationToken);
            return answer.Status == HealthCheckResponse.Types.ServingStatus.Serving
                ? Finding.Good(name, "serves")
                : Finding.Bad(name, $"is {answer.Status}: no replica of it serves, or its model is still loading");
        }
        catch (RpcException error) when (!cancellationToken.IsCancellationRequested)
        {
            var reason = error.Status.DebugException?.GetBaseException().Message ?? error.Status.Detail;
            return Finding.Bad(name, Flags.Failures.OneLine(reason));
        }
    }
}
