using System.CommandLine;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet inpaint IN --from 4 --to 6 -o OUT</c>: new music for stretches of a song.</summary>
internal static class InpaintCommand
{
    public static Command Create() => SongCommand.Create("inpaint", "Generate stretches of a song anew; the rest stays.", command =>
    {
        var from = new Option<double[]>("--from")
        {
            Description = "Where the stretch begins; several stretches: --from 4 --to 6 --from 9 --to 10.",
            Required = true,
            HelpName = "SECONDS"
        };
        var to = new Option<double[]>("--to") { Description = "Where it ends.", Required = true, HelpName = "SECONDS" };
        command.Options.Add(from);
        command.Options.Add(to);
        return (parsed, config) =>
        {
            var (begins, ends) = (parsed.GetValue(from)!, parsed.GetValue(to)!);
            if (begins.Length != ends.Length)
                throw new BadInputException($"{begins.Length} --from and {ends.Length} --to: a stretch needs one of each");
            var stretches = new RegionsPrompt { Regions = { begins.Zip(ends, (f, t) => new Region { FromSeconds = f, ToSeconds = t }) } };
            config.Prompt = new Prompt { Not = new Prompt { Regions = stretches } };
        };
    });
}
