using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Client;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet vamp IN -o OUT</c>: variations.</summary>
internal static class VampCommand
{
    public static Command Create() =>
        MusicCommand.Create("vamp", "Make variations of music: keep what the prompts say, generate the rest.", command =>
    {
        var prompts = new PromptFlags(command);
        return (parsed, config) => config.Prompt = prompts.Read(parsed);
    });
}

/// <summary>What the verbs that make music share: audio in, audio out, and how to get from one to the other.</summary>
internal static class MusicCommand
{
    // Some minute and a half without an answer: as long as it takes to replace a gateway.
    private const int Repeats = 20;

    /// <param name="own">adds the verb's own options; the result reads them into a request</param>
    /// <param name="keepsSource">whether what is kept whole sounds as in the input unless the caller says otherwise</param>
    public static Command Create(
        string name, string description, Func<Command, Action<ParseResult, VampConfig>> own, bool keepsSource = false)
    {
        var command = new Command(name, description);
        var batch = new BatchFlags(
            command, MusicFlags.Input, MusicFlags.Extensions, AudioFormatFlags.Output, AudioFormatFlags.Extensions);
        var music = new MusicFlags(command);
        var read = own(command);
        var source = new SourceFlags(command);
        var results = new ResultFlags(command, keepsSource);
        var format = new AudioFormatFlags(command);
        var sampling = new StageSamplingFlags(command);
        var connection = new ConnectionFlags(command);
        command.SetAction((parsed, cancellationToken) => batch.RunAsync(parsed, connection, results.Variations(parsed), async (job, open) =>
        {
            var (asked, made) = format.Read(parsed, job.Output);
            var config = new VampConfig { Input = music.Format(parsed), Output = asked, Model = connection.ModelName(parsed) };
            source.Read(parsed, config);
            results.Read(parsed, config);
            sampling.Read(parsed, config);
            read(parsed, config);
            await using var audio = await StandardStreams.OpenInputAsync(job.Input, cancellationToken);
            var files = await batch.OpenAudioAsync(parsed, job, config.Variations, made, cancellationToken);
            await ResultFiles.ReceiveAsync(
                files, warns: true, open,
                client => client.VampWithRetriesAsync(config, audio, Repeats, cancellationToken: cancellationToken), cancellationToken);
        }, cancellationToken));
        return command;
    }
}

/// <summary><c>vampnet inpaint IN --from 4 --to 6 -o OUT</c>: new music for stretches of a track.</summary>
internal static class InpaintCommand
{
    public static Command Create() =>
        MusicCommand.Create("inpaint", "Generate stretches of a track anew; the rest stays as it is.", command =>
    {
        var from = new Option<double[]>("--from")
        {
            Description = "Where the stretch begins; several stretches: --from 4 --to 6 --from 9 --to 10.",
            Required = true,
            HelpName = "SECONDS"
        };
        var to = new Option<double[]>("--to") { Description = "Where it ends.", Required = true, HelpName = "SECONDS" };
        command.AddOptions("What is made anew", from, to);
        return (parsed, config) =>
        {
            var (begins, ends) = (parsed.GetValue(from)!, parsed.GetValue(to)!);
            if (begins.Length != ends.Length)
                throw new BadInputException($"{begins.Length} --from and {ends.Length} --to: a stretch needs one of each");
            config.Inpaint(begins.Zip(ends));
        };
    }, keepsSource: true);
}

/// <summary><c>vampnet continue IN --seconds 8 -o OUT</c>: more of a track, after its end or before its beginning.</summary>
internal static class ContinueCommand
{
    public static Command Create() =>
        MusicCommand.Create("continue", "Go on where a track ends, or lead up to where it begins; the track itself stays.", command =>
    {
        var after = new Option<double>("--seconds", "-s")
        {
            Description = "Music to add after the track.",
            DefaultValueFactory = _ => 0,
            HelpName = "SECONDS",
        };
        var before = new Option<double>("--before")
        {
            Description = "Music to add before the track.",
            DefaultValueFactory = _ => 0,
            HelpName = "SECONDS",
        };
        command.AddOptions("What is added", after, before);
        return (parsed, config) =>
        {
            config.Continue(parsed.GetValue(before), parsed.GetValue(after));
            if (config is { ExtendAfterSeconds: 0, ExtendBeforeSeconds: 0 })
                throw new BadInputException("say how long to go on: --seconds 8, or --before 4");
        };
    }, keepsSource: true);
}

/// <summary><c>vampnet loop IN --times 4 -o OUT</c>: one phrase again and again, never the same twice.</summary>
internal static class LoopCommand
{
    public static Command Create() =>
        MusicCommand.Create("loop", "Play a phrase several times in a row, each time a new variation, the joins made anew.", command =>
    {
        var times = new Option<uint>("--times") { Description = "Rounds of the phrase.", DefaultValueFactory = _ => 4, HelpName = "N" };
        command.AddOptions("The loop", times);
        var prompts = new PromptFlags(command);
        return (parsed, config) => (config.Repeat, config.Prompt) = (parsed.GetValue(times), prompts.Read(parsed));
    });
}
