using Grpc.Core;
using VampNet.Gateway.Replicas;
using VampNet.Services.Hosting.Admission;
using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Mesh;

/// <summary>How a request ended for whoever made it.</summary>
internal enum Ending
{
    Answered,

    /// <summary>No gateway had room for it, however often it was sent.</summary>
    Refused,

    /// <summary>Its deadline passed, or could not be met.</summary>
    Late,

    /// <summary>No replica could do it.</summary>
    Failed,
}

/// <param name="Arrival">in seconds</param>
/// <param name="Music">in seconds</param>
/// <param name="Latency">in seconds, from the arrival to the end, whatever it was</param>
internal sealed record Outcome(double Arrival, double Music, double Latency, Ending Ending);

/// <summary>
/// People who ask for music: they do not wait for each other, give up after a while, and their client library repeats what it may
/// (<c>VampNetClient.VampWithRetriesAsync</c>).
/// </summary>
/// <param name="patience">seconds after which a request is worth nothing: its deadline</param>
/// <param name="repeats">of the library, at most</param>
internal sealed class Users(SimulatedMesh mesh, VirtualTime time, Random random, double patience, int repeats = 3)
{
    private static readonly Tenant s_tenant = new("x-vampnet-tenant", "");

    private readonly List<Outcome> _outcomes = [];

    /// <summary>Those that have ended.</summary>
    public IReadOnlyList<Outcome> Outcomes => _outcomes;

    /// <summary>All requests, each at its time; ends when the last has ended.</summary>
    /// <param name="arrivals">in order: seconds, and seconds of music</param>
    public async Task SendAsync(IEnumerable<(double At, double Music)> arrivals)
    {
        var requests = new List<Task>();
        foreach (var (at, music) in arrivals)
        {
            if (at > time.Now)
                await time.Delay(at - time.Now);
            requests.Add(AskAsync(at, music));
        }
        await Task.WhenAll(requests);
    }

    private async Task AskAsync(double at, double music)
    {
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(patience), time);
        var deadline = time.GetUtcNow().UtcDateTime.AddSeconds(patience);
        var ending = await TryAsync(music, deadline, end.Token);
        _outcomes.Add(new Outcome(at, music, time.Now - at, ending));
    }

    private async Task<Ending> TryAsync(double music, DateTime deadline, CancellationToken cancellation)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                await mesh.Gateways[random.Next(mesh.Gateways.Count)].VampAsync(music, s_tenant, deadline, cancellation);
                return Ending.Answered;
            }
            catch (Exception error) when (cancellation.IsCancellationRequested && error is OperationCanceledException or RpcException)
            {
                return Ending.Late;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.DeadlineExceeded)
            {
                return Ending.Late;
            }
            catch (RpcException error)
            {
                var isFull = RetryClassifier.RetryDelay(error) is not null;
                if (failures == repeats)
                    return isFull ? Ending.Refused : Ending.Failed;
            }
            try
            {
                // As the library waits.
                await time.Delay(Math.Min(0.25 * Math.Pow(2, failures), 5) * (0.5 + 0.5 * random.NextDouble()), cancellation);
            }
            catch (OperationCanceledException)
            {
                return Ending.Late;
            }
        }
    }
}
