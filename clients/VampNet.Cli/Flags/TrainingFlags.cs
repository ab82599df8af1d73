using System.CommandLine;
using VampNet.Training;
using VampNet.Training.Data;

namespace VampNet.Cli.Flags;

/// <summary>What every training run needs to know.</summary>
internal sealed class TrainingFlags
{
    private readonly Option<string> _music = new("--music") { Description = "Folder of music, searched for audio files of every format.", DefaultValueFactory = _ => "data/music", HelpName = "FOLDER" };
    private readonly Option<string> _cache = new("--cache") { Description = "Folder for prepared audio and tokens.", DefaultValueFactory = _ => "data/cache", HelpName = "FOLDER" };
    private readonly Option<string?> _heldOut = new("--held-out") { Description = "List of tracks to measure with and never to train on: a path relative to --music on each line.", HelpName = "FILE" };
    private readonly Option<string> _run = new("--run") { Description = "Folder for checkpoints and log.", HelpName = "FOLDER" };
    private readonly Option<string> _device = DeviceOption.Create("cpu");

    /// <param name="trains">whether the command writes a run; otherwise it only measures</param>
    public TrainingFlags(Command command, bool trains = true)
    {
        foreach (var option in new Option[] { _music, _cache, _heldOut, _device })
            command.Options.Add(option);
        _run.Required = trains;
        if (trains)
            command.Options.Add(_run);
    }

    /// <exception cref="BadInputException">the music folder or the list does not exist</exception>
    public TrainingSetup Read(ParseResult parsed)
    {
        var music = parsed.GetValue(_music)!;
        if (!Directory.Exists(music))
            throw new BadInputException($"--music {music} is no folder");
        var heldOut = parsed.GetValue(_heldOut);
        if (heldOut is not null)
            FileFlags.Open(heldOut).Dispose();
        DeviceOption.Require(parsed.GetValue(_device)!);
        return new TrainingSetup(music, parsed.GetValue(_cache)!, heldOut is null ? [] : MusicLibrary.ReadHeldOutList(heldOut), parsed.GetValue(_run) ?? "", parsed.GetValue(_device)!)
        {
            Report = Console.WriteLine,
        };
    }
}
