using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;

namespace VampNet.Testing;

/// <summary>A service as its own process, as an operator starts it: environment in, log and exit code out.</summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private const int Sigterm = 15, Sigcont = 18, Sigstop = 19;

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="name">of the project, such as VampNet.Services.Codec</param>
    /// <param name="url">where it listens; null = a free port</param>
    /// <param name="arguments">more configuration; what begins with no dash, such as TMPDIR=…, is for its environment, where
    /// nothing after = takes a variable away; NETNS=… names the network that it is in</param>
    public ServiceProcess(string name, string modelFolder, Uri? url = null, params string[] arguments)
    {
        const string Network = "NETNS=";
        var space = arguments.FirstOrDefault(argument => argument.StartsWith(Network, StringComparison.Ordinal));
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, $"{name}.dll"), .. arguments.Where(a => a.StartsWith('-'))];
        if (space is not null)
            command = ["ip", "netns", "exec", space[Network.Length..], .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
            Environment =
            {
                ["Http__Port"] = "0", // a fixed one cannot be that of several gateways
                ["URLS"] = url?.GetLeftPart(UriPartial.Authority) ?? "http://127.0.0.1:0",
                ["Model__Path"] = modelFolder,
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
            },
        };
        foreach (var variable in arguments.Where(a => !a.StartsWith('-') && a != space).Select(argument => argument.Split('=', 2)))
            start.Environment[variable[0]] = variable[1].Length > 0 ? variable[1] : null;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Everything that it wrote so far.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Most memory that it ever had, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Time that processors spent on it so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Its address, once it listens.</summary>
    public async Task<Uri> AddressAsync()
    {
        var first = await Task.WhenAny(_listening.Task, _process.WaitForExitAsync());
        return first == _listening.Task
            ? await _listening.Task
            : throw new InvalidOperationException($"the service ended before it listened:\n{Log}");
    }

    /// <summary>Ends when a service of it is ready.</summary>
    public async Task ServingAsync(GrpcChannel channel, string service)
    {
        using var watch = new Health.HealthClient(channel).Watch(new HealthCheckRequest { Service = service });
        await foreach (var response in watch.ResponseStream.ReadAllAsync())
        {
            if (response.Status == HealthCheckResponse.Types.ServingStatus.Serving)
                return;
        }
        throw new InvalidOperationException($"the service ended before it was ready:\n{Log}");
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Asks it to end, as a container's runtime does.</summary>
    public void Terminate() => _ = Kill(_process.Id, Sigterm);

    /// <summary>Stops it where it is: its connections stand, and nothing comes over them.</summary>
    public void Freeze() => _ = Kill(_process.Id, Sigstop);

    /// <summary>Lets it go on.</summary>
    public void Thaw() => _ = Kill(_process.Id, Sigcont);

    /// <summary>Ends it without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (_log)
            _log.AppendLine(CultureInfo.InvariantCulture, $"{line}");
        if (Listening().Match(line) is { Success: true } match)
            _listening.TrySetResult(new Uri(match.Groups[1].Value));
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
