using System.CommandLine;

namespace VampNet.Cli.Flags;

/// <summary>--run: the folder of a training run.</summary>
internal static class RunOption
{
    public static Option<string> Create() =>
        new("--run")
        {
            Description = "Folder for checkpoints and log; an unfinished run there goes on.",
            HelpName = "FOLDER",
            Required = true
        };
}
