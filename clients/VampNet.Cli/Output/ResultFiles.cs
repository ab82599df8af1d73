using System.Diagnostics;
using VampNet.Client;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Output;

/// <summary>
/// The files of one request's variations: OUT.wav for one, OUT-1.wav, OUT-2.wav ... for several. They appear when all are complete.
/// </summary>
internal sealed class ResultFiles(string path, uint variations) : IAsyncDisposable
{
    private readonly List<(string Path, OutputFile File, VampSummary? Summary)> _results =
    [
        .. Enumerable.Range(1, (int)Math.Max(1, variations)).Select(i => Name(path, i, variations))
        .Select(name => (name, new OutputFile(name), (VampSummary?)null)),
    ];

    // The models are loaded by the time that the gateway says it starts.
    private long _started = Stopwatch.GetTimestamp();
    private TimeSpan _elapsed;

    /// <summary>Writes what a gateway answers, and says on the screen how it goes.</summary>
    /// <param name="open">the way to the gateway, which may first have to start</param>
    /// <param name="ask">the call</param>
    public static async Task ReceiveAsync(
        string path, uint variations, Func<Task<Connection>> open, Func<VampNetClient, IAsyncEnumerable<VampResponse>> ask,
        CancellationToken cancellationToken)
    {
        await using var files = new ResultFiles(path, variations);
        await VampDisplay.RunAsync(async report =>
        {
            await using var gateway = await open();
            await foreach (var response in ask(gateway.Client))
            {
                if (response.Progress is not null)
                    report(response);
                else
                    await files.TakeAsync(response, cancellationToken);
            }
        });
        await files.CommitAsync();
    }

    /// <summary>Writes what an answer brings.</summary>
    private async Task TakeAsync(VampResponse response, CancellationToken cancellationToken)
    {
        if (response.Started is not null)
            _started = Stopwatch.GetTimestamp();
        if (response.Variation >= _results.Count)
            throw new InvalidDataException($"the gateway sent variation {response.Variation + 1} of {_results.Count}");
        var result = _results[(int)response.Variation];
        if (response.HasAudio)
            await result.File.Stream.WriteAsync(response.Audio.Memory, cancellationToken);
        else if (response.Summary is not null)
            (_results[(int)response.Variation], _elapsed) = (result with { Summary = response.Summary }, Stopwatch.GetElapsedTime(_started));
    }

    private async Task CommitAsync()
    {
        if (_results.Exists(result => result.Summary is null))
            throw new InvalidDataException("the gateway ended without a summary");
        foreach (var result in _results)
        {
            await result.File.CommitAsync();
            VampDisplay.Print(result.Path, result.Summary!);
        }
        Console.WriteLine($"{"total",-7} {_elapsed.TotalSeconds,6:0.00} s");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var result in _results)
            await result.File.DisposeAsync();
    }

    private static string Name(string path, int number, uint variations) =>
        variations <= 1
            ? path
            : Path.Combine(
                Path.GetDirectoryName(path) ?? "", $"{Path.GetFileNameWithoutExtension(path)}-{number}{Path.GetExtension(path)}");
}
