using System.CommandLine;
using System.Globalization;
using Grpc.Core;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Osc;
using VampNet.Cli.Output;
using VampNet.Client;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet live --input LOOP -o OUT</c> or <c>--osc PORT</c>: a loop that is played along with.</summary>
internal static class LiveCommand
{
    // Of the reference's Max patch.
    private const int ReplyPort = 8003;

    public static Command Create()
    {
        var command = new Command(
            "live", "Play a loop that changes from round to round: a file in real time, or whatever a looper sends by OSC.");
        var input = new Option<string?>("--input", "-i") { Description = "Play this file again and again.", HelpName = "FILE" };
        var rounds = new Option<uint>("--rounds") { Description = "Of the file.", DefaultValueFactory = _ => 8, HelpName = "N" };
        var output = new OutputFlags(command, "With --input: write what the rounds sound like there, a .wav file.", required: false);
        var osc = new Option<int?>("--osc") { Description = "Serve a looper on this UDP port; unloop sends to 8001.", HelpName = "PORT" };
        var reply = new Option<int>("--osc-reply")
        {
            Description = "UDP port of the looper.",
            DefaultValueFactory = _ => ReplyPort,
            HelpName = "PORT",
        };
        var folder = new Option<DirectoryInfo?>("--osc-folder")
        {
            Description = "Where files for the looper are made; a new folder in the temporary one unless given.",
            HelpName = "FOLDER",
        };
        command.AddOptions("Where loops come from", input, rounds, osc, reply, folder);
        var tempo = new TempoFlags(command);
        var prompts = new PromptFlags(command);
        var sampling = new StageSamplingFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (parsed.GetValue(osc) is { } port)
            {
                if (parsed.GetValue(input) is not null || output.Path(parsed) is not null)
                    throw new BadInputException("--osc takes loops from a looper: without --input and --output");
                await ServeAsync(port);
                return;
            }
            var path = parsed.GetValue(input) ?? throw new BadInputException("say what to play: --input loop.wav, or --osc 8001");
            Requirements.HasFile(path);
            var music = AudioFile.Read(path);
            if (music.Channels > 2)
                throw new BadInputException($"--input {path} has {music.Channels} channels; a loop has one or two");
            await using var file = await output.OpenAsync(parsed, cancellationToken, path);
            var config = tempo.Read(parsed);
            var vamp = new VampConfig();
            sampling.Read(parsed, vamp);
            (config.CoarseSampling, config.FineSampling, config.Prompt) = (vamp.CoarseSampling, vamp.FineSampling, prompts.Read(parsed));
            (config.SampleRate, config.Channels, config.Model) =
                ((uint)music.SampleRate, (uint)music.Channels, connection.ModelName(parsed));
            await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
            using var live = await gateway.Client.OpenLiveAsync(config, new CallOptions(cancellationToken: cancellationToken));
            var player = new LoopPlayer(live, music, TimeProvider.System);
            var heard = await player.PlayAsync((int)parsed.GetValue(rounds), Print, cancellationToken);
            if (file is null)
                return;
            await file.Stream.WriteAsync(
                AudioFile.Encode(new AudioBuffer(heard, music.SampleRate, music.Channels), AudioFormat.Wav16), cancellationToken);
            await file.CommitAsync();

            async Task ServeAsync(int port)
            {
                var place = parsed.GetValue(folder) is { } given
                    ? Directory.CreateDirectory(given.FullName)
                    : Directory.CreateTempSubdirectory("vampnet-live-");
                await using var gateway = await connection.OpenAsync(parsed, cancellationToken);
                using var bridge = new OscBridge(
                    gateway.Client, port, parsed.GetValue(reply), place.FullName, Console.WriteLine);
                Console.WriteLine($"osc {port}");
                await bridge.RunAsync(cancellationToken);
            }
        });
        return command;
    }

    private static void Print(Round round)
    {
        var late = round.LatenessSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{round.Number,4}  {round.Kind,-9}  {round.CoarseSteps,2} steps  {Math.Abs(late),6:0.00} s {(late > 0 ? "late" : "early")}  ")
            + (round.Problem.Length > 0 ? round.Problem : $"seed {round.Seed}"));
    }
}

/// <summary>Where the loops of a session end, and how it draws.</summary>
internal sealed class TempoFlags
{
    private readonly Option<double?> _tempo = new("--tempo")
    {
        Description = "Beats a minute: loops are bars; without, the file is one loop.",
        HelpName = "BPM",
    };
    private readonly Option<uint> _bars = new("--bars") { Description = "Bars a loop.", DefaultValueFactory = _ => 1, HelpName = "N" };
    private readonly Option<uint> _beats = new("--beats-per-bar")
    {
        Description = "Beats a bar.",
        DefaultValueFactory = _ => 4,
        HelpName = "N",
    };
    private readonly Option<ulong?> _seed = new("--seed") { Description = "Of the first round; the next has the next.", HelpName = "N" };
    private readonly Option<bool> _same = new("--same-seed") { Description = "All rounds have the seed of the first." };

    public TempoFlags(Command command)
    {
        command.AddOptions("The loops", _tempo, _bars, _beats, _seed, _same);
    }

    public LiveConfig Read(ParseResult parsed)
    {
        var config = new LiveConfig { SeedPolicy = parsed.GetValue(_same) ? SeedPolicy.Same : SeedPolicy.Next };
        if (parsed.GetValue(_seed) is { } seed)
            config.Seed = seed;
        if (parsed.GetValue(_tempo) is { } tempo)
            config.Tempo = new Tempo
            {
                BeatsPerMinute = tempo,
                Bars = parsed.GetValue(_bars),
                BeatsPerBar = parsed.GetValue(_beats),
            };
        return config;
    }
}

/// <summary>Plays a file into a session in real time, again and again, and hears what comes back.</summary>
internal sealed class LoopPlayer(LiveVamp live, AudioBuffer music, TimeProvider time)
{
    private const double PieceSeconds = 0.05;

    /// <param name="report">called with every round, as it comes</param>
    /// <returns>samples of all rounds, interleaved</returns>
    public async Task<float[]> PlayAsync(int rounds, Action<Round> report, CancellationToken cancellationToken)
    {
        var playing = PlayAsync(rounds, cancellationToken);
        var heard = new List<float>();
        await foreach (var round in live.RoundsAsync(cancellationToken))
        {
            report(round.Round);
            heard.AddRange(round.Samples);
        }
        await playing;
        return [.. heard];
    }

    private async Task PlayAsync(int rounds, CancellationToken cancellationToken)
    {
        var loop = live.Started.LoopSamples is > 0 and var samples ? (long)samples : music.Frames;
        var piece = (int)(PieceSeconds * music.SampleRate);
        var began = time.GetTimestamp();
        for (var at = 0L; at < rounds * loop;)
        {
            var count = (int)Math.Min(piece, loop - at % loop);
            var part = new float[count * music.Channels];
            for (var i = 0; i < part.Length; i++)
                part[i] = music.Samples[(at * music.Channels + i) % music.Samples.Length];
            at += count;
            // It has sounded before it can be sent.
            var due = TimeSpan.FromSeconds((double)at / music.SampleRate) - time.GetElapsedTime(began);
            if (due > TimeSpan.Zero)
                await Task.Delay(due, time, cancellationToken);
            await live.SendAsync(part);
            if (live.Started.LoopSamples == 0 && at % loop == 0)
                await live.MarkAsync();
        }
        await live.CompleteAsync();
    }
}
