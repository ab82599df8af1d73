using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Flags;

/// <summary>
/// What is made of a track besides what the prompt says. What is not given is left to the gateway, which also checks the values.
/// </summary>
internal sealed class SourceFlags
{
    private readonly Option<ulong?> _seed = new("--seed")
    {
        Description = "The same seed gives the same result; without, one is drawn and printed.",
        HelpName = "N",
    };
    private readonly Option<uint> _feedback = new("--feedback")
    {
        Description = "Coarse passes, each over what the one before made.",
        DefaultValueFactory = _ => 1,
        HelpName = "PASSES"
    };
    private readonly Option<double> _stretch = new("--stretch")
    {
        Description = "Length as a multiple of the input's, at the same pitch.",
        DefaultValueFactory = _ => 1,
        HelpName = "0.25..4"
    };
    private readonly Option<double> _pitch = new("--pitch") { Description = "Higher by this, at the same length.", HelpName = "SEMITONES" };
    private readonly Option<uint> _tokenStretch = new("--token-stretch")
    {
        Description = "N frames for each of the input's: what lies between is generated, at the same pitch (1).",
        HelpName = "N",
    };
    private readonly Option<bool> _snap = new("--snap-to-beats")
    {
        Description = "Use the input from its first beat to its last, so that loops join on the beat.",
    };
    private readonly Option<string?> _stereo = new("--stereo")
    {
        Description = "Of a stereo input: mono; dual: left and right under one mask; mid: the middle is vamped, the sides stay. "
            + "Default: mid, or dual where the sides would not fit.",
    };

    public SourceFlags(Command command)
    {
        _stereo.AcceptOnlyFromAmong("mono", "dual", "mid");
        command.AddOptions("The input, and what is made of it", _seed, _feedback, _stretch, _tokenStretch, _pitch, _snap, _stereo);
    }

    /// <summary>Adds what was given to a request.</summary>
    public void Read(ParseResult parsed, VampConfig config)
    {
        if (parsed.GetValue(_seed) is { } seed)
            config.Seed = seed;
        config.Feedback = parsed.GetValue(_feedback);
        config.Stretch = parsed.GetValue(_stretch);
        config.TokenStretch = parsed.GetValue(_tokenStretch);
        config.PitchSemitones = parsed.GetValue(_pitch);
        config.SnapToBeats = parsed.GetValue(_snap);
        config.Stereo = parsed.GetValue(_stereo) switch
        {
            "dual" => StereoPolicy.Dual,
            "mid" => StereoPolicy.Mid,
            "mono" => StereoPolicy.Mono,
            _ => StereoPolicy.Unspecified,
        };
    }
}
