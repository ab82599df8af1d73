using System.Diagnostics;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using VampNet.Protos.Generator.V1;

namespace VampNet.Benchmarks.Load;

/// <summary>Those who send requests to a server, and look at the clock.</summary>
/// <param name="requests">in the order of their arrival</param>
internal sealed class LoadClients(
    Variant variant, CoarseGeneratorService.CoarseGeneratorServiceClient client, IReadOnlyList<GenerateRequest> requests)
{
    private readonly byte[][] _answers = new byte[requests.Count][];
    private readonly double[] _latencies = new double[requests.Count];

    /// <summary>
    /// Arrivals that do not wait for answers, at random moments (a Poisson process). A request's time counts from the moment
    /// that it was to arrive, not from when it could be sent.
    /// </summary>
    /// <param name="rate">requests a second</param>
    public Task<Measurement> OpenAsync(double rate, int seed, CancellationToken cancellation)
    {
        var random = new Random(seed);
        var moment = 0.0;
        var arrivals = requests.Select(_ => moment += -Math.Log(1 - random.NextDouble()) / rate).ToArray();
        return MeasureAsync(async start =>
        {
            var calls = new List<Task>();
            for (var i = 0; i < requests.Count; i++)
            {
                var number = i;
                if (arrivals[i] - Stopwatch.GetElapsedTime(start).TotalSeconds is > 0 and var rest)
                    await Task.Delay(TimeSpan.FromSeconds(rest), cancellation);
                calls.Add(Task.Run(() => CallAsync(number, start, arrivals[number], cancellation), cancellation));
            }
            await Task.WhenAll(calls);
        });
    }

    /// <summary>Clients who send their next request when they have the answer to the last: the server is never idle.</summary>
    public Task<Measurement> ClosedAsync(int clients, CancellationToken cancellation) => MeasureAsync(start =>
        Parallel.ForEachAsync(Enumerable.Range(0, requests.Count), new ParallelOptions
        {
            MaxDegreeOfParallelism = clients,
            CancellationToken = cancellation,
        }, async (number, _) =>
            await CallAsync(number, start, Stopwatch.GetElapsedTime(start).TotalSeconds, cancellation)));

    private async Task<Measurement> MeasureAsync(Func<long, Task> run)
    {
        var start = Stopwatch.GetTimestamp();
        await run(start);
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var answer in _answers)
            digest.AppendData(answer);
        return new Measurement(
            variant, elapsed, [.. _latencies], requests.Sum(RequestMix.Seconds), Convert.ToHexStringLower(digest.GetHashAndReset()));
    }

    /// <param name="arrival">in seconds from the start</param>
    private async Task CallAsync(int number, long start, double arrival, CancellationToken cancellation)
    {
        using var call = client.Generate(requests[number], cancellationToken: cancellation);
        await foreach (var response in call.ResponseStream.ReadAllAsync(cancellation))
            _answers[number] = response.Tokens?.ToByteArray() ?? [];
        _latencies[number] = Stopwatch.GetElapsedTime(start).TotalSeconds - arrival;
    }
}
