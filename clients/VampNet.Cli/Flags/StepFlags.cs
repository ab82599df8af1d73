using System.CommandLine;

namespace VampNet.Cli.Flags;

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
        foreach (var option in new Option[] { _steps, _batch, _rate, _validate, _seed })
            command.Options.Add(option);
    }

    public Values Read(ParseResult parsed) =>
        new(parsed.GetValue(_steps), parsed.GetValue(_batch), parsed.GetValue(_rate), parsed.GetValue(_validate), parsed.GetValue(_seed));

    internal sealed record Values(int Steps, int Batch, double LearningRate, int ValidateEvery, int Seed);
}
