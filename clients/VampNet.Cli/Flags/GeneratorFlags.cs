using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Model.Packages;
using VampNet.Training.Generators;
using VampNet.Training.Runs;

namespace VampNet.Cli.Flags;

/// <summary>How generators are trained, from the ground up or further.</summary>
internal sealed class GeneratorFlags
{
    private readonly GeneratorTrainingOptions _defaults;
    private readonly StepFlags _steps;
    private readonly Option<string> _schedule = new("--schedule")
    {
        Description = "transformer: the learning rate falls with the square root of the step; cosine: to nothing at the last step, "
            + "better for short runs.",
    };
    private readonly Option<string> _precision = new("--precision")
    {
        Description = "Arithmetic of matrix products; bfloat16 is the faster on GPUs and on CPUs that know it.",
        DefaultValueFactory = _ => Precisions.Full
    };
    private readonly Option<int> _warmUp;

    public GeneratorFlags(Command command, GeneratorTrainingOptions defaults)
    {
        _defaults = defaults;
        _steps = new StepFlags(
            command, "Sequences", new(defaults.Steps, defaults.Batch, defaults.LearningRate, defaults.ValidateEvery, defaults.Seed));
        _warmUp = PositiveOption.Create("--warm-up", "Steps in which the learning rate rises.", defaults.WarmUp);
        _schedule.AcceptOnlyFromAmong("transformer", "cosine");
        _schedule.DefaultValueFactory = _ => defaults.Schedule == LearningRateSchedule.Cosine ? "cosine" : "transformer";
        _precision.AcceptOnlyFromAmong(Precisions.Full, Precisions.Half);
        command.AddOptions("Steps", _precision, _schedule, _warmUp);
    }

    public GeneratorTrainingOptions Read(ParseResult parsed)
    {
        var values = _steps.Read(parsed);
        return _defaults with
        {
            Steps = values.Steps,
            Batch = values.Batch,
            LearningRate = values.LearningRate,
            ValidateEvery = values.ValidateEvery,
            Seed = values.Seed,
            Precision = parsed.GetValue(_precision)!,
            WarmUp = parsed.GetValue(_warmUp),
            Schedule = parsed.GetValue(_schedule) == "cosine" ? LearningRateSchedule.Cosine : LearningRateSchedule.Transformer,
        };
    }
}
