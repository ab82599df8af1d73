using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Cli.Flags;

/// <summary>Prompts that keep what surrounds beats and onsets.</summary>
internal sealed class RhythmFlags
{
    private readonly Option<bool> _beats = new("--beats") { Description = "Keep what surrounds the beats." };
    private readonly Option<double> _beforeBeat = new("--before-beat") { Description = "Kept before each beat.", HelpName = "SECONDS" };
    private readonly Option<double> _afterBeat = new("--after-beat")
    {
        Description = "Kept after each beat.",
        DefaultValueFactory = _ => 0.1,
        HelpName = "SECONDS",
    };
    private readonly Option<bool> _downbeats = new("--downbeats") { Description = "Only the beats that start a bar." };
    private readonly Option<bool> _upbeats = new("--upbeats") { Description = "Only the beats that start no bar." };
    private readonly Option<int> _beatOffset = new("--beat-offset")
    {
        Description = "Beats passed over before the first that counts: --every 2 --beat-offset 1 keeps the 2nd, the 4th ...",
        HelpName = "N",
    };
    private readonly Option<int> _every = new("--every")
    {
        Description = "Only every N-th beat.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };
    private readonly Option<int?> _onsets = new("--onsets")
    {
        Description = "Keep this many frames before each onset, and as many from it on.",
        HelpName = "FRAMES",
    };

    public RhythmFlags(Command command)
    {
        command.AddOptions(
            "What stays: beats and onsets", _beats, _beforeBeat, _afterBeat, _downbeats, _upbeats, _every, _beatOffset, _onsets);
    }

    public IEnumerable<Prompt> Read(ParseResult parsed)
    {
        if (parsed.GetValue(_beats) || parsed.GetValue(_downbeats) || parsed.GetValue(_upbeats))
        {
            yield return new Prompt
            {
                Beats = new BeatPrompt
                {
                    BeforeSeconds = parsed.GetValue(_beforeBeat),
                    AfterSeconds = parsed.GetValue(_afterBeat),
                    DownbeatsOnly = parsed.GetValue(_downbeats),
                    UpbeatsOnly = parsed.GetValue(_upbeats),
                    Every = parsed.GetValue(_every),
                    Offset = parsed.GetValue(_beatOffset),
                },
            };
        }
        if (parsed.GetValue(_onsets) is { } width)
            yield return new Prompt { Onsets = new OnsetPrompt { Width = width } };
    }
}
