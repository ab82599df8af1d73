using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Grpc.Core;
using VampNet.Cli.Flags;
using VampNet.Cli.Output;
using VampNet.Protos.Beats.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet beats IN</c>: where the beats are.</summary>
internal static class BeatsCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var command = new Command(
            "beats", "Print the tempo, and a line for every beat: its time in seconds, and \"downbeat\" where a bar starts.");
        var batch = new BatchFlags(
            command, MusicFlags.Input, MusicFlags.Extensions, "Write JSON there instead.", [".json"], prints: true);
        var music = new MusicFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction((parsed, cancellationToken) => batch.RunAsync(parsed, connection, outputs: 1, async (job, open) =>
        {
            await using var audio = await StandardStreams.OpenInputAsync(job.Input, cancellationToken);
            await using var file = await batch.OpenOrPrintAsync(parsed, job, cancellationToken);
            var gateway = await open();
            var config = new TrackConfig { Input = music.Format(parsed), Model = connection.ModelName(parsed) };
            var track = await gateway.Client.TrackBeatsAsync(audio, config, new CallOptions(cancellationToken: cancellationToken));
            Warnings.OfDamage(track.Damage);
            if (file is not null)
            {
                await JsonSerializer.SerializeAsync(
                    file.Stream, new { tempo = track.Tempo, beats = track.Beats, downbeats = track.Downbeats }, Indented,
                    cancellationToken);
                await file.CommitAsync();
                Facts.AddQuietly("output", file.Path);
                return;
            }
            Facts.Add("tempo", track.Tempo, $"tempo {track.Tempo:0.0}");
            Facts.AddQuietly("beats", new JsonArray([.. track.Beats.Select(beat => (JsonNode)beat)]));
            Facts.AddQuietly("downbeats", new JsonArray([.. track.Downbeats.Select(beat => (JsonNode)beat)]));
            if (Facts.AreJson)
                return;
            // A network picks its downbeats by themselves: some may lie beside the beats.
            foreach (var beat in track.Beats.Union(track.Downbeats).Order())
                Console.WriteLine(track.Downbeats.Contains(beat) ? $"{beat:0.000} downbeat" : $"{beat:0.000}");
        }, cancellationToken));
        return command;
    }
}
