using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Training;
using VampNet.Training.Data;

namespace VampNet.Cli.Flags;

/// <summary>The music that a command trains on or measures with, and where.</summary>
internal sealed class TrainingFlags
{
    private const string Music = "Music";

    private readonly Option<string> _music = new("--music")
    {
        Description = "Folder of music, searched for audio files of every format.",
        DefaultValueFactory = _ => "data/music",
        HelpName = "FOLDER"
    };
    private readonly Argument<string> _folder = new("FOLDER")
    {
        Description = "Folder of music, searched for audio files of every format.",
    };
    private readonly Option<string> _cache = new("--cache")
    {
        Description = "Folder for prepared audio and tokens.",
        DefaultValueFactory = _ => "data/cache",
        HelpName = "FOLDER",
    };
    private readonly Option<string?> _heldOut = new("--held-out")
    {
        Description = "List of tracks to measure with and never to train on: a path relative to the music on each line.",
        HelpName = "FILE"
    };
    private readonly Option<int> _variations = new("--variations")
    {
        Description = "How many times more to take each track, each time at another pitch, tempo and loudness.",
        HelpName = "N"
    };
    private readonly TrainingDeviceFlags _device;
    private readonly bool _folderIsArgument;

    private TrainingFlags(Command command, bool folderIsArgument, bool trains)
    {
        _folderIsArgument = folderIsArgument;
        if (folderIsArgument)
            command.Arguments.Add(_folder);
        else
            command.AddOptions(Music, _music);
        _heldOut.Description += folderIsArgument ? " Without: none." : " Without: one in twenty.";
        command.AddOptions(Music, _cache, _heldOut);
        _device = new TrainingDeviceFlags(command);
        _variations.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 100)
                result.AddError("--variations must be 0 to 100");
        });
        if (trains)
            command.AddOptions(Music, _variations);
    }

    /// <summary>For a command that trains on a collection.</summary>
    public static TrainingFlags ForTraining(Command command) => new(command, folderIsArgument: false, trains: true);

    /// <summary>For a command that trains on a few tracks, which it is given as its argument.</summary>
    public static TrainingFlags ForSongs(Command command) => new(command, folderIsArgument: true, trains: true);

    public static TrainingFlags ForMeasuring(Command command) => new(command, folderIsArgument: false, trains: false);

    /// <param name="run">folder of checkpoints and log</param>
    /// <param name="tokens">file of tokens to train on instead of music</param>
    /// <exception cref="BadInputException">the music, the list or the device does not exist</exception>
    public TrainingSetup Read(ParseResult parsed, string run, string? tokens = null)
    {
        var music = _folderIsArgument ? parsed.GetValue(_folder)! : parsed.GetValue(_music)!;
        if (tokens is null && !Directory.Exists(music))
            throw new BadInputException($"{(_folderIsArgument ? "" : "--music ")}{music} is no folder");
        var list = parsed.GetValue(_heldOut);
        foreach (var file in new[] { list, tokens }.OfType<string>())
            Requirements.HasFile(file);
        var heldOut = list is not null ? MusicLibrary.ReadHeldOutList(list) : _folderIsArgument ? [] : null;
        return new TrainingSetup(
            music, parsed.GetValue(_cache)!, heldOut, run, _device.Read(parsed))
        {
            Variations = parsed.GetValue(_variations),
            Tokens = tokens,
            Report = Console.WriteLine
        };
    }
}

/// <summary>What the steps of a run are like.</summary>
internal sealed class StepFlags
{
    private readonly Option<int> _steps, _batch, _validate, _seed;
    private readonly Option<double> _rate;

    /// <param name="items">what a batch consists of</param>
    public StepFlags(Command command, string items, Values defaults)
    {
        _steps = PositiveOption.Create("--steps", "Optimiser steps in all.", defaults.Steps);
        _batch = PositiveOption.Create("--batch", $"{items} a step.", defaults.Batch);
        _rate = PositiveOption.Create("--learning-rate", "Highest learning rate.", defaults.LearningRate);
        _validate = PositiveOption.Create("--validate-every", "Steps between validations and checkpoints.", defaults.ValidateEvery);
        _seed = new("--seed") { Description = "Of everything random.", DefaultValueFactory = _ => defaults.Seed };
        command.AddOptions("Steps", _steps, _batch, _rate, _validate, _seed);
    }

    public Values Read(ParseResult parsed) =>
        new(parsed.GetValue(_steps), parsed.GetValue(_batch), parsed.GetValue(_rate), parsed.GetValue(_validate), parsed.GetValue(_seed));

    internal sealed record Values(int Steps, int Batch, double LearningRate, int ValidateEvery, int Seed);
}
