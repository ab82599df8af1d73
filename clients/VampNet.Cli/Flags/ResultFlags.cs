using System.CommandLine;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Flags;

/// <summary>How many songs come back, and how long they are.</summary>
internal sealed class ResultFlags
{
    private readonly Option<uint> _variations = new("--variations", "-n")
    {
        Description = "Results of one input: OUT-1, OUT-2 ..., with the seeds N, N + 1 ...",
        DefaultValueFactory = _ => 1,
        HelpName = "COUNT"
    };
    private readonly Option<bool> _matchSource = MatchSource();

    public ResultFlags(Command command)
    {
        command.Options.Add(_variations);
        command.Options.Add(_matchSource);
    }

    public static Option<bool> MatchSource() =>
        new("--match-source") { Description = "Write the sample rate of the music that went in, and exactly its length." };

    /// <summary>Adds what was given to a request.</summary>
    public void Read(ParseResult parsed, VampConfig config) =>
        (config.Variations, config.MatchSource) = (parsed.GetValue(_variations), parsed.GetValue(_matchSource));
}
