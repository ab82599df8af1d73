using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Protos.Codec.V1;

namespace VampNet.Cli.Flags;

/// <summary>What is made of music before it is encoded. The codec checks the values.</summary>
internal sealed class PreparationFlags
{
    private readonly Option<double> _stretch = new("--stretch")
    {
        Description = "Length as a multiple of the music's, at the same pitch: 0.25 to 4 (1).",
        HelpName = "FACTOR",
    };
    private readonly Option<double> _pitch = new("--pitch")
    {
        Description = "Semitones up or down, at the same length: -24 to 24 (0).",
        HelpName = "SEMITONES",
    };
    private readonly Option<uint> _repeat = new("--repeat") { Description = "The music this many times in a row (1).", HelpName = "N" };

    public PreparationFlags(Command command)
    {
        command.AddOptions("The input, and what is made of it", _stretch, _pitch, _repeat);
    }

    public EncodeConfig Read(ParseResult parsed) => new()
    {
        Stretch = parsed.GetValue(_stretch),
        PitchSemitones = parsed.GetValue(_pitch),
        Repeat = parsed.GetValue(_repeat),
    };
}
