using System.Collections.Concurrent;
using System.Globalization;
using VampNet.Testing;

namespace VampNet.Cli.Tests.Jack;

/// <summary>The example of the Python package that plays along by JACK, with a real server.</summary>
[Collection(CliTests.Name)]
public sealed class JackTests(MeshFixture mesh) : IDisposable
{
    private const int Rate = JackStage.Rate, Channels = 2;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [JackFact]
    public async Task Rounds_are_heard_to_the_sample_and_go_on_without_the_gateway()
    {
        const int Loop = Rate; // of a second
        await using var line = new SlowLink(new Uri(mesh.Gateway), TimeSpan.Zero, double.PositiveInfinity).Open();
        await using var stage = await JackStage.OpenAsync(_work.Path(""));
        // Rounds are due before their loops end: none can be made, and loops come back as they were.
        var example = await stage.PlayAlongAsync(line.Address, "--tempo", "240", "--margin", "10");
        var musician = await stage.PlayAsync();
        await JackStage.UntilAsync(musician, 10);
        Assert.Matches($"^round . loop {Loop} frames", await JackStage.UntilAsync(example, "^round [4-9]"));
        await line.CutAsync();
        Assert.Matches("; the last round goes on until you end it$", await example.StandardError.ReadLineAsync());
        await JackStage.UntilAsync(musician, 15);
        var (played, heard) = await stage.EndAsync(musician);
        await VampNetProcess.SignalAsync(example, "TERM");
        await example.WaitForExitAsync();
        Assert.Equal(1, example.ExitCode);

        // What comes back is what was played two loops ago, but for a crossfade of 10 ms; by JACK itself it takes some periods.
        const int Second = Channels * Loop;
        var lags = from loops in new[] { 2, 3, 4 } // more where the machine is too busy for a round to be there in time
                   from periods in new[] { 0, 1, 2, 3 }
                   select loops * Second + periods * Channels * JackStage.Period;
        // A round that is late while a second goes by spoils that second, and the one in which it comes.
        var differences = from second in Enumerable.Range(5, 4)
                          from lag in lags
                          select Differences(heard, played, second * Second, lag, Second);
        Assert.InRange(differences.Min(), 0, Second / 100);
        Assert.Equal(0, Differences(heard, heard, heard.Length - Second, Second, Second));
        Assert.False(IsSilentAnywhere(heard[(5 * Second)..])); // before, loops are heard that were played before the musician came
    }

    [JackFact]
    public async Task Enter_ends_a_loop_and_a_variation_of_it_is_heard()
    {
        await using var stage = await JackStage.OpenAsync(_work.Path(""));
        var example = await stage.PlayAlongAsync(new Uri(mesh.Gateway), "--preset", "loop", "--seed", "7");
        var musician = await stage.PlayAsync();
        var rounds = new ConcurrentQueue<string>();
        var varied = ReadAsync();
        while (!varied.IsCompleted)
        {
            // The second one comes too soon to end a loop.
            foreach (var quarters in new[] { 1, 4 })
            {
                await example.StandardInput.WriteLineAsync();
                await example.StandardInput.FlushAsync();
                for (var i = 0; i < quarters; i++)
                    await JackStage.UntilAsync(musician, "^frames ");
            }
        }
        await varied;
        var (played, heard) = await stage.EndAsync(musician);
        example.StandardInput.Close();
        await example.WaitForExitAsync();
        Assert.Equal((0, ""), (example.ExitCode, await example.StandardError.ReadToEndAsync()));
        for (var lag = 0; lag <= 3 * Channels * JackStage.Period; lag += Channels * JackStage.Period)
            Assert.InRange(Differences(heard, played, heard.Length - Rate, lag, Rate), Rate / 2, Rate);
        Assert.False(IsSilentAnywhere(heard[Rate..]));
        Assert.All(rounds, round =>
        {
            var frames = int.Parse(round.Split(' ')[3], CultureInfo.InvariantCulture);
            Assert.InRange(frames, Rate / 2, int.MaxValue);
            Assert.Equal(0, frames % JackStage.Period);
        });

        // Until there is a round after the first variation, which is heard then.
        async Task ReadAsync()
        {
            for (var last = ""; !last.Contains(" variation ", StringComparison.Ordinal); rounds.Enqueue(last))
                last = await JackStage.UntilAsync(example, "^round ");
            rounds.Enqueue(await JackStage.UntilAsync(example, "^round "));
        }
    }

    /// <summary>Samples that are not what others were before.</summary>
    /// <param name="lag">how much before</param>
    private static int Differences(float[] heard, float[] others, int from, int lag, int count) =>
        Enumerable.Range(from, count).Count(i => heard[i] != others[i - lag]);

    /// <summary>For a tenth of a second.</summary>
    private static bool IsSilentAnywhere(float[] samples) =>
        samples.Chunk(Channels * Rate / 10).Any(part => Array.TrueForAll(part, sample => sample == 0));
}

/// <summary>A test that needs JACK; skipped, visibly, where it is missing or does not start.</summary>
internal sealed class JackFactAttribute : ToolFactAttribute
{
    private static readonly Lazy<string?> s_missing = new(() =>
        !Works("/usr/bin/python3 -c 'import jack, numpy'") ? "JACK-Client or NumPy for Python is missing"
        : !Works("jackd --name probe --no-realtime -d dummy & p=$!; jack_wait -s probe -w -t 20; r=$?; kill $p; wait $p; exit $r")
            ? "jackd does not start here"
        : null);

    public JackFactAttribute() : base("jackd", "jack_wait", "protoc", "grpc_python_plugin", "/usr/bin/python3") =>
        Skip ??= s_missing.Value;
}
