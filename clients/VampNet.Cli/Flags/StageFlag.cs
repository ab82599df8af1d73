using System.CommandLine;
using VampNet.Client;

namespace VampNet.Cli.Flags;

/// <summary>Which of the two generators.</summary>
internal sealed class StageFlag
{
    private readonly Option<string?> _stage = new("--stage");

    /// <param name="absent">what happens without it, for the help text</param>
    public StageFlag(Command command, string absent)
    {
        _stage.Description = $"coarse or fine ({absent}).";
        _stage.AcceptOnlyFromAmong("coarse", "fine");
        command.Options.Add(_stage);
    }

    public GeneratorStage? Read(ParseResult parsed) => parsed.GetValue(_stage) switch
    {
        "coarse" => GeneratorStage.Coarse,
        "fine" => GeneratorStage.Fine,
        _ => null,
    };
}
