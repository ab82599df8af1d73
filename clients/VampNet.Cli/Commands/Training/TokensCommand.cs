using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Model.Checkpoints;
using VampNet.Model.Packages;
using VampNet.Training;

namespace VampNet.Cli.Commands.Training;

/// <summary><c>vampnet train tokens</c>: music as tokens in one file, to train generators where the music is not.</summary>
internal static class TokensCommand
{
    public static Command Create()
    {
        var command = new Command(
            "tokens", "Write a folder of music as tokens, in one file that \"train coarse\" and \"train fine\" take instead of it.");
        var music = TrainingFlags.ForTraining(command);
        var package = new Option<string>("--codec")
        {
            Description = "Model package whose codec makes the tokens.",
            Required = true,
            HelpName = "FOLDER",
        };
        var output = FileFlags.Output("The .safetensors file to write.");
        command.Options.Add(package);
        command.Options.Add(output);
        command.SetAction((parsed, cancellationToken) => Task.Run(() =>
        {
            Trainings.WriteTokens(
                music.Read(parsed, run: ""), ModelPackage.Open(parsed.GetValue(package)!), parsed.GetValue(output)!, cancellationToken);
            Console.WriteLine($"wrote   {parsed.GetValue(output)}");
        }, cancellationToken));
        return command;
    }
}
