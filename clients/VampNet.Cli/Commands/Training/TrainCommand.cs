using System.CommandLine;

namespace VampNet.Cli.Commands.Training;

/// <summary><c>vampnet train …</c>; <c>vampnet package</c> puts together what comes out.</summary>
internal static class TrainCommand
{
    private const int CoarseCodebooks = 4;
    private const int FineCodebooks = 14;

    public static Command Create() => new("train", "Train a model on a folder of music. An unfinished run goes on where it stopped.")
    {
        TrainCodecCommand.Create(),
        TrainGeneratorCommand.Create("coarse", "Train the coarse model on the tokens of a codec.", CoarseCodebooks, conditioning: 0),
        TrainGeneratorCommand.Create("fine", "Train the coarse-to-fine model on the tokens of a codec.", FineCodebooks, CoarseCodebooks),
        TokensCommand.Create(),
        TrainBeatsCommand.Create(),
        MeasureCommand.Create(),
        PlotCommand.Create(),
    };
}
