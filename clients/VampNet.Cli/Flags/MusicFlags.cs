using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Protos.Audio.V1;

namespace VampNet.Cli.Flags;

/// <summary>The music that a command reads; <see cref="BatchFlags"/> have its files.</summary>
internal sealed class MusicFlags
{
    /// <summary>What is read, as a sentence.</summary>
    public const string Input = "Music: WAV, AIFF, CAF, FLAC, OGG Vorbis, Opus or MP3;";

    /// <summary>Of the files that are music in a folder.</summary>
    public static readonly IReadOnlyList<string> Extensions =
        [".wav", ".flac", ".aiff", ".aif", ".caf", ".ogg", ".oga", ".opus", ".mp3"];

    private readonly Option<bool> _allowDamaged = new("--allow-damaged")
    {
        Description = "Use what can be decoded of a damaged file, at its place in time; what is lost is silent.",
    };

    public MusicFlags(Command command) => command.AddOptions("The input, and what is made of it", _allowDamaged);

    public InputFormat Format(ParseResult parsed) => new() { AllowDamaged = parsed.GetValue(_allowDamaged) };
}
