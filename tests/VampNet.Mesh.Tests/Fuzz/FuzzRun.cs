using System.Diagnostics;
using System.Globalization;

namespace VampNet.Mesh.Tests.Fuzz;

/// <summary>Reads damaged bytes, and notes what must not happen. A round is a function of the target, the seed and its number.</summary>
/// <param name="seed">of all rounds</param>
/// <param name="folder">where the bytes of failures go, and which round is under way: a crash leaves nothing else</param>
internal sealed class FuzzRun(int seed, string folder) : IDisposable
{
    /// <summary>Bytes that a thread may allocate for one input, beside a multiple of its own.</summary>
    private const long MostAllocated = 64 << 20, MostResident = 4L << 30;

    private const int MostAllocatedPerByte = 64, MostFailures = 20;

    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5), Hang = TimeSpan.FromSeconds(60);

    private readonly List<string> _failures = [];
    private readonly HashSet<string> _kinds = []; // of failures
    private string _current = "";
    private Timer? _watchdog;

    public IReadOnlyList<string> Failures => _failures;

    public int Rounds { get; private set; }

    /// <summary>Rounds whose bytes were refused.</summary>
    public int Refused { get; private set; }

    public bool IsOver => _failures.Count >= MostFailures;

    /// <summary>One damaged input.</summary>
    public void Round(FuzzTarget target, int number)
    {
        var random = new Random(HashCode(target.Name, number));
        _current = string.Create(CultureInfo.InvariantCulture, $"{target.Name}, seed {seed}, round {number}");
        File.WriteAllText(Path.Combine(folder, "current"), _current);
        var bytes = target.Damage(target.Seed(random), random);
        // A reader that does not come back, or a crash, is told by the file alone.
        _watchdog ??= new Timer(_ => Environment.FailFast($"{_current}: no end within {Hang.TotalSeconds} s, or too much memory"));
        _watchdog.Change(Hang, Timeout.InfiniteTimeSpan);
        var (began, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        try
        {
            target.Read(bytes);
        }
        catch (Exception error) when (target.IsRefusal(error))
        {
            Refused++;
        }
        catch (Exception error)
        {
            Fail(target, number, bytes, $"{error.GetType()} at {error.StackTrace?.Split('\n')[0].Trim()}", $"{error}");
        }
        _watchdog.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Rounds++;
        var took = Stopwatch.GetElapsedTime(began);
        if (took > Slow)
            Fail(target, number, bytes, "slow", $"took {took.TotalSeconds:0.0} s");
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > MostAllocated + (long)MostAllocatedPerByte * bytes.Length)
            Fail(target, number, bytes, "allocated", $"allocated {allocated} bytes");
        if (Environment.WorkingSet > MostResident)
            Fail(target, number, bytes, "resident", $"{Environment.WorkingSet} bytes are resident");
    }

    public void Dispose() => _watchdog?.Dispose();

    /// <summary>Once for each kind.</summary>
    private void Fail(FuzzTarget target, int number, byte[] bytes, string kind, string what)
    {
        if (!_kinds.Add($"{target.Name} {kind}"))
            return;
        var file = Path.Combine(folder, $"{target.Name.Trim('.')}-{seed}-{number}");
        File.WriteAllBytes(file, bytes);
        _failures.Add($"{_current}, {bytes.Length} bytes in {file}: {what}");
        File.AppendAllText(Path.Combine(folder, "failures"), _failures[^1] + "\n\n");
    }

    /// <summary>The same in every process, which that of .NET is not.</summary>
    private int HashCode(string name, int number) =>
        name.Aggregate(unchecked(seed * 31 + number), (hash, c) => unchecked(hash * 31 + c));
}
