using System.CommandLine;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet continue IN --seconds 8 -o OUT</c>: more of a song, after its end or before its beginning.</summary>
internal static class ContinueCommand
{
    public static Command Create() =>
        SongCommand.Create("continue", "Go on where a song ends, or lead up to where it begins; the song itself stays.", command =>
    {
        var after = new Option<double>("--seconds", "-s")
        {
            Description = "Music to add after the song.",
            DefaultValueFactory = _ => 0,
            HelpName = "SECONDS",
        };
        var before = new Option<double>("--before")
        {
            Description = "Music to add before the song.",
            DefaultValueFactory = _ => 0,
            HelpName = "SECONDS",
        };
        command.Options.Add(after);
        command.Options.Add(before);
        return (parsed, config) =>
        {
            (config.ExtendAfterSeconds, config.ExtendBeforeSeconds) = (parsed.GetValue(after), parsed.GetValue(before));
            if (config is { ExtendAfterSeconds: 0, ExtendBeforeSeconds: 0 })
                throw new BadInputException("say how long to go on: --seconds 8, or --before 4");
            config.Prompt = new Prompt { All = new AllPrompt() };
        };
    });
}
