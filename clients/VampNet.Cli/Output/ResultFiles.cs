using System.Diagnostics;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Output;

/// <summary>The files of one request's variations. They appear when all are complete.</summary>
internal sealed class ResultFiles(IEnumerable<OutputFile> files) : IAsyncDisposable
{
    private readonly List<(OutputFile File, VampSummary? Summary)> _results = [.. files.Select(file => (file, (VampSummary?)null))];

    // The models are loaded by the time that the gateway says it starts.
    private long _started = Stopwatch.GetTimestamp();
    private TimeSpan _elapsed;
    private VampConfig? _config;
    private SourceInfo? _source;

    /// <summary>Writes what a gateway answers, and says on the screen how it goes.</summary>
    /// <param name="outputs">one for each variation; closed here</param>
    /// <param name="warns">whether the prompt is the caller's, and may be warned of</param>
    /// <param name="open">the way to the gateway, which may first have to start</param>
    /// <param name="ask">the call</param>
    public static async Task ReceiveAsync(
        IReadOnlyList<OutputFile> outputs, bool warns, Func<Task<Connection>> open,
        Func<VampNetClient, IAsyncEnumerable<VampResponse>> ask, CancellationToken cancellationToken)
    {
        await using var files = new ResultFiles(outputs);
        await VampDisplay.RunAsync(async report =>
        {
            var gateway = await open();
            await foreach (var response in ask(gateway.Client))
            {
                if (response.Progress is not null)
                    report(response);
                else
                    await files.TakeAsync(response, cancellationToken);
            }
        });
        await files.CommitAsync();
        if (files is { _config.Stereo: var stereo, _source.Channels: > 1 })
            VampDisplay.Print(stereo);
        Warnings.OfDamage(files._source?.Damage ?? "");
        if (warns && files is { _config: { } config, _source: { } source })
            Warnings.OfPrompt(config, source, files._results[0].Summary!.Figures);
    }

    /// <summary>Writes what an answer brings.</summary>
    private async Task TakeAsync(VampResponse response, CancellationToken cancellationToken)
    {
        if (response.Started is { } started)
            (_started, _config) = (Stopwatch.GetTimestamp(), started.Config);
        _source = response.Source ?? _source;
        if (response.Variation >= _results.Count)
            throw new InvalidDataException($"the gateway sent variation {response.Variation + 1} of {_results.Count}");
        var result = _results[(int)response.Variation];
        if (response.HasAudio)
            await result.File.Stream.WriteAsync(response.Audio.Memory, cancellationToken);
        else if (response.Summary is not null)
            (_results[(int)response.Variation], _elapsed) =
                (result with { Summary = response.Summary }, Stopwatch.GetElapsedTime(_started));
    }

    private async Task CommitAsync()
    {
        if (_results.Exists(result => result.Summary is null))
            throw new InvalidDataException("the gateway ended without a summary");
        foreach (var result in _results)
            await result.File.CompleteAsync();
        foreach (var result in _results)
        {
            await result.File.CommitAsync();
            VampDisplay.Print(result.File.Path, result.Summary!);
        }
        Facts.Add("seconds", Math.Round(_elapsed.TotalSeconds, 3), $"{"total",-7} {_elapsed.TotalSeconds,6:0.00} s");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var result in _results)
            await result.File.DisposeAsync();
    }
}
