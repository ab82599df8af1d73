using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Protos.Audio.V1;

namespace VampNet.Cli.Flags;

/// <summary>The music that a command reads.</summary>
internal sealed class MusicFlags
{
    /// <summary>What is read, as a sentence.</summary>
    public const string Input = "Music: WAV, AIFF, CAF, FLAC, OGG Vorbis, Opus or MP3;";

    /// <summary>Of the files that are music in a folder.</summary>
    public static readonly IReadOnlyList<string> Extensions =
        [".wav", ".flac", ".aiff", ".aif", ".caf", ".ogg", ".oga", ".opus", ".mp3"];

    private readonly Argument<string> _input = new("IN")
    {
        Description = $"{Input} - is standard input.",
    };
    private readonly Option<bool> _allowDamaged = new("--allow-damaged")
    {
        Description = "Use what can be decoded of a damaged file, at its place in time; what is lost is silent.",
    };

    /// <param name="takesInput">whether the music is an argument of the command; else <see cref="BatchFlags"/> have it</param>
    public MusicFlags(Command command, bool takesInput = true)
    {
        if (takesInput)
            command.Arguments.Add(_input);
        command.AddOptions("The input, and what is made of it", _allowDamaged);
    }

    /// <summary>As it was given.</summary>
    public string Path(ParseResult parsed) => parsed.GetValue(_input)!;

    public InputFormat Format(ParseResult parsed) => new() { AllowDamaged = parsed.GetValue(_allowDamaged) };

    /// <summary>Opens the file.</summary>
    /// <exception cref="BadInputException">there is none</exception>
    public Task<Stream> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        StandardStreams.OpenInputAsync(Path(parsed), cancellationToken);
}
