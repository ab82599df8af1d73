using System.Diagnostics;
using System.Globalization;
using VampNet.Client;
using VampNet.Mesh.Tests.Security;
using VampNet.Mesh.Tests.Soak;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Vamp.V1;
using VampNet.Testing;
using Xunit.Abstractions;

namespace VampNet.Mesh.Tests.Fuzz;

/// <summary>
/// Whatever bytes come: no crash, no hang, no exception but a refusal, no memory without bound. `make fuzz` does it for minutes
/// (FUZZ_SECONDS) with a new seed (FUZZ_SEED), and one round again (FUZZ_TARGET, FUZZ_ROUND).
/// </summary>
[Collection(MeshTests.Name)]
public sealed class FuzzTests(Support.Mesh mesh, ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const int FewRounds = 200, FewRequests = 100, DefaultSeconds = 300;

    private static readonly string Folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "fuzz")).FullName;

    private readonly HttpClient _plain = new();
    private KnownCallers _callers = null!;
    private HttpClient _encrypted = null!;

    public async Task InitializeAsync()
    {
        _callers = await KnownCallers.InFrontOfAsync(mesh.Host.Stages);
        _encrypted = _callers.Http();
    }

    public async Task DisposeAsync() => await _callers.DisposeAsync();

    public void Dispose()
    {
        _encrypted.Dispose();
        _plain.Dispose();
    }

    [Fact]
    public async Task A_few_hundred_damaged_inputs_of_every_kind_are_read_or_refused()
    {
        using var run = new FuzzRun(seed: 1, Folder);
        foreach (var target in await TargetsAsync())
        {
            var rounds = target.Name.StartsWith(RequestTarget.Name, StringComparison.Ordinal) ? FewRequests : FewRounds;
            await Task.Run(() =>
            {
                for (var i = 0; i < rounds; i++)
                    run.Round(target, i);
            });
        }
        output.WriteLine($"{run.Refused} of {run.Rounds} refused");
        Assert.Empty(run.Failures);
        Assert.InRange(run.Refused, run.Rounds / 3, run.Rounds);
    }

    [Fact, Trait("Category", "Fuzz")]
    public async Task Damaged_inputs_of_every_kind_are_read_or_refused_for_minutes()
    {
        var seed = Setting("FUZZ_SEED", Random.Shared.Next());
        var duration = TimeSpan.FromSeconds(Setting("FUZZ_SECONDS", DefaultSeconds));
        var name = Environment.GetEnvironmentVariable("FUZZ_TARGET");
        var targets = (await TargetsAsync()).Where(target => string.IsNullOrEmpty(name) || target.Name == name).ToList();
        using var run = new FuzzRun(seed, Folder);
        output.WriteLine($"seed {seed}, {duration.TotalSeconds} s");
        var one = Setting("FUZZ_ROUND", -1);
        var rounds = targets.ToDictionary(target => target, _ => 0);
        var clock = Stopwatch.StartNew();
        await Task.Run(() =>
        {
            if (one >= 0)
                run.Round(targets.Single(), one);
            for (var turn = 0; one < 0 && clock.Elapsed < duration && !run.IsOver; turn++)
            {
                // As much time for each.
                var (target, end) = (targets[turn % targets.Count], clock.Elapsed + TimeSpan.FromSeconds(1));
                while (clock.Elapsed < end)
                    run.Round(target, rounds[target]++);
            }
        });
        foreach (var (target, count) in rounds)
            output.WriteLine($"{target.Name}: {count} rounds");
        output.WriteLine($"{run.Refused} of {run.Rounds} refused");
        Assert.True(run.Failures.Count == 0, $"seed {seed}\n{string.Join("\n\n", run.Failures)}");
    }

    private async Task<IReadOnlyList<FuzzTarget>> TargetsAsync()
    {
        var random = new Random(1);
        var files = new List<byte[]>();
        for (var i = 0; i < 6; i++)
        {
            var config = random.Vamp().With(c => c.Stereo = c.Stereo == StereoPolicy.Mid ? StereoPolicy.Mono : c.Stereo);
            files.Add((await mesh.Client.CompressAsync(config.ToCompress(), new MemoryStream(random.Audio()))).File.ToByteArray());
        }
        return
        [
            .. FuzzTarget.Readers(mesh.Package.Folder, files), RequestTarget.Create(RequestTarget.Name, mesh.Host.Gateway, files, _plain),
            RequestTarget.Create(
                $"{RequestTarget.Name} within TLS", _callers.Gateway.Address, files, _encrypted, ("x-api-key", "studio-key")),
        ];
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
