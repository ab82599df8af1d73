using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Client;
using VampNet.Core;

namespace VampNet.Cli.Flags;

/// <summary>Which of the two generators.</summary>
internal sealed class StageFlag
{
    private readonly Option<string?> _stage = new("--stage");

    /// <param name="absent">what happens without it, for the help text</param>
    public StageFlag(Command command, string absent)
    {
        _stage.Description = $"coarse or fine ({absent}).";
        _stage.AcceptOnlyFromAmong(StageInfo.Coarse.Name, StageInfo.Fine.Name);
        command.AddOptions(ComputeFlags.Group, _stage);
    }

    public GeneratorStage? Read(ParseResult parsed) =>
        parsed.GetValue(_stage) is { } name ? name == StageInfo.Coarse.Name ? GeneratorStage.Coarse : GeneratorStage.Fine : null;
}
