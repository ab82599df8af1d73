using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace VampNet.Cli.Tests.Jack;

/// <summary>A JACK server without a sound card, the example that plays along, and a musician who plays to it in stereo.</summary>
internal sealed class JackStage : IAsyncDisposable
{
    public const int Rate = 44_100, Period = 1_024;

    private const string Python = "/usr/bin/python3";

    // A server of its own, which waits for its clients however busy the machine is.
    private readonly string _name = $"vampnet-test-{Environment.ProcessId}";
    private readonly string _folder;
    private readonly Process _server;
    private readonly List<Process> _players = [];

    private JackStage(string folder)
    {
        _folder = folder;
        _server = Start(
            "jackd", "--name", _name, "--no-realtime", "--sync", "--timeout", "60000", "-d", "dummy", "--rate", $"{Rate}", "--period",
            $"{Period}");
        // Read away: it would stand still once nothing more fits into its pipes.
        _ = _server.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        _ = _server.StandardError.BaseStream.CopyToAsync(Stream.Null);
    }

    /// <param name="folder">for recordings</param>
    public static async Task<JackStage> OpenAsync(string folder)
    {
        var stage = new JackStage(folder);
        using var waiting = stage.Start("jack_wait", "--server", stage._name, "--wait", "--timeout", "60");
        await waiting.WaitForExitAsync();
        if (waiting.ExitCode == 0)
            return stage;
        await stage.DisposeAsync();
        throw new InvalidOperationException("jackd did not start");
    }

    /// <summary>The example of the Python package, once it plays.</summary>
    public async Task<Process> PlayAlongAsync(Uri gateway, params string[] options)
    {
        string[] command = [Python, PythonPackage.Example("jack_loop.py"), "--gateway", gateway.Authority, "--channels", "2", .. options];
        var example = Start("env", [$"PYTHONPATH={await PythonPackage.FolderAsync()}", .. command]);
        _players.Add(example);
        await UntilAsync(example, "^plays$");
        return example;
    }

    /// <summary>Who plays noise to the example, and hears what comes of it.</summary>
    public async Task<Process> PlayAsync()
    {
        var musician = Start(Python, Path.Combine(AppContext.BaseDirectory, "Jack", "musician.py"), _folder);
        _players.Add(musician);
        await UntilAsync(musician, "^plays$");
        return musician;
    }

    /// <summary>What the musician played, and what came out meanwhile, of left and right in turns.</summary>
    public async Task<(float[] Input, float[] Output)> EndAsync(Process musician)
    {
        musician.StandardInput.Close();
        await musician.WaitForExitAsync();
        return (Read("played.f32"), Read("heard.f32"));

        float[] Read(string name) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(_folder, name))).ToArray();
    }

    /// <summary>Ends when the musician has played for so long.</summary>
    public static async Task UntilAsync(Process musician, double seconds)
    {
        while (int.Parse((await UntilAsync(musician, "^frames "))["frames ".Length..], CultureInfo.InvariantCulture) < seconds * Rate)
        {
        }
    }

    /// <summary>The next line that is like this.</summary>
    public static async Task<string> UntilAsync(Process player, string pattern)
    {
        while (await player.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Regex.IsMatch(line, pattern))
                return line;
        }
        throw new InvalidOperationException($"no line is like {pattern}: {await player.StandardError.ReadToEndAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        // The server last, and gently: its memory is shared, and stays where it is killed.
        foreach (var process in _players.Append(_server))
        {
            if (!process.HasExited)
                await VampNetProcess.SignalAsync(process, "TERM");
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    private Process Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["JACK_DEFAULT_SERVER"] = _name, ["JACK_NO_AUDIO_RESERVATION"] = "1" },
        };
        return Process.Start(start)!;
    }
}
