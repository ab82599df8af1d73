using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Grpc.Core;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Containers.Tests.Cluster;

/// <summary>Clients that send one request after the other and compare what comes with what came at first.</summary>
internal sealed class Load
{
    private const uint SampleRate = 44100;

    private readonly ConcurrentBag<double> _seconds = [];
    private readonly ConcurrentBag<string> _lost = [];
    private readonly Task _clients;
    private readonly string _expected;
    private readonly int _repeats;
    private volatile bool _isEnough;

    /// <param name="clients">how many at once</param>
    /// <param name="keepsConnection">whether a client has one connection, or a new one for each request</param>
    /// <param name="repeats">how often a client's library sends a request again that is lost</param>
    public Load(Mesh mesh, string expected, int clients, bool keepsConnection, int repeats)
    {
        (_expected, _repeats) = (expected, repeats);
        _clients = Task.WhenAll(Enumerable.Range(0, clients).Select(_ => keepsConnection ? KeepAsync(mesh) : RenewAsync(mesh)));
    }

    /// <summary>A chord, prompted so that every stage works.</summary>
    /// <param name="heard">is called with every response</param>
    /// <returns>SHA-256 of its audio</returns>
    public static async Task<string> VampAsync(VampNetClient client, int repeats = 0, int seconds = 1, Action<VampResponse>? heard = null)
    {
        var samples = Enumerable.Range(0, seconds * (int)SampleRate)
            .Select(i => (float)new[] { 220, 277.18, 329.63 }.Sum(hertz => 0.2 * Math.Sin(2 * Math.PI * hertz * i / SampleRate))).ToArray();
        var config = new VampConfig
        {
            Input = new InputFormat { Encoding = InputEncoding.PcmF32Le, SampleRate = SampleRate },
            Prompt = new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.05, AfterSeconds = 0.05 } },
            CoarseSampling = new Sampling { Steps = 4 },
            FineSampling = new Sampling { Steps = 2 },
            Seed = 1,
        };
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var isWhole = false;
        await foreach (var response in client.VampWithRetriesAsync(
            config, new MemoryStream(MemoryMarshal.AsBytes<float>(samples).ToArray()), repeats))
        {
            hash.AppendData(response.Audio.Span);
            isWhole |= response.Summary is not null;
            heard?.Invoke(response);
        }
        Assert.True(isWhole);
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Lets each client finish its request.</summary>
    public async Task<LoadResult> EndAsync()
    {
        _isEnough = true;
        await _clients;
        return new LoadResult(_seconds.Count, [.. _lost], _seconds.DefaultIfEmpty().Max());
    }

    private async Task KeepAsync(Mesh mesh)
    {
        using var client = mesh.Connect();
        while (!_isEnough)
            await AskAsync(client);
    }

    private async Task RenewAsync(Mesh mesh)
    {
        while (!_isEnough)
        {
            using var client = mesh.Connect();
            await AskAsync(client);
        }
    }

    private async Task AskAsync(VampNetClient client)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            if (await VampAsync(client, _repeats) == _expected)
                _seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            else
                _lost.Add("other audio than before");
        }
        catch (RpcException error)
        {
            _lost.Add($"{error.StatusCode}: {error.Status.Detail}");
        }
    }
}

/// <param name="Answered">requests that gave the same audio as ever</param>
/// <param name="Lost">what became of the others</param>
/// <param name="Slowest">seconds that the slowest of those took that were answered</param>
internal sealed record LoadResult(int Answered, IReadOnlyList<string> Lost, double Slowest);
