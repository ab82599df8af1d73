using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using VampNet.Load;
using VampNet.Protos.Generator.V1;

namespace VampNet.Benchmarks.Load;

/// <summary>Given requests to a server, whose answers are kept.</summary>
/// <param name="requests">in the order of their arrival</param>
internal sealed class KeptRequests(
    Variant variant, CoarseGeneratorService.CoarseGeneratorServiceClient client, IReadOnlyList<GenerateRequest> requests) : ILoadTarget
{
    // All requests are made, and waited for, however long that takes.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(6);

    private readonly byte[][] _answers = new byte[requests.Count][];

    /// <summary>Arrivals that do not wait for answers, at random moments.</summary>
    /// <param name="rate">requests a second</param>
    public Task<Measurement> OpenAsync(double rate, int seed, CancellationToken cancellation) =>
        MeasureAsync(new LoadPlan { Duration = Longest, Rate = rate, Seed = seed, Concurrency = requests.Count }, cancellation);

    /// <summary>Clients who send their next request when they have the answer to the last: the server is never idle.</summary>
    public Task<Measurement> ClosedAsync(int clients, CancellationToken cancellation) =>
        MeasureAsync(new LoadPlan { Duration = Longest, Concurrency = clients }, cancellation);

    public CallShape Describe(int number) => new("", RequestMix.Seconds(requests[number]));

    public async Task SendAsync(int number, CallOptions options, Action first)
    {
        using var call = client.Generate(requests[number], options);
        await foreach (var response in call.ResponseStream.ReadAllAsync(options.CancellationToken))
        {
            first();
            _answers[number] = response.Tokens?.ToByteArray() ?? [];
        }
    }

    private async Task<Measurement> MeasureAsync(LoadPlan plan, CancellationToken cancellation)
    {
        var result = await new LoadRun(this, TimeProvider.System).RunAsync(
            plan with { MaxCalls = requests.Count, Timeout = Longest }, cancellation);
        if (result.Errors.Count > 0)
            throw new InvalidOperationException($"calls failed: {string.Join(", ", result.Errors)}");
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var answer in _answers)
            digest.AppendData(answer);
        return new Measurement(
            variant, result.Seconds, result.Latencies, result.MusicSeconds, Convert.ToHexStringLower(digest.GetHashAndReset()));
    }
}
