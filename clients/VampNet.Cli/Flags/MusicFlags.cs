using System.CommandLine;
using VampNet.Cli.Output;
using VampNet.Protos.Audio.V1;

namespace VampNet.Cli.Flags;

/// <summary>The music that a command reads.</summary>
internal sealed class MusicFlags
{
    private readonly Argument<string> _input = new("IN")
    {
        Description = "Music: WAV, AIFF, CAF, FLAC, OGG Vorbis, Opus or MP3; - is standard input.",
    };
    private readonly Option<bool> _allowDamaged = new("--allow-damaged")
    {
        Description = "Use what can be decoded of a damaged file, at its place in time; what is lost is silent.",
    };

    public MusicFlags(Command command)
    {
        command.Arguments.Add(_input);
        command.Options.Add(_allowDamaged);
    }

    /// <summary>As it was given.</summary>
    public string Path(ParseResult parsed) => parsed.GetValue(_input)!;

    public InputFormat Format(ParseResult parsed) => new() { AllowDamaged = parsed.GetValue(_allowDamaged) };

    /// <summary>Opens the file.</summary>
    /// <exception cref="BadInputException">there is none</exception>
    public Task<Stream> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        StandardStreams.OpenInputAsync(Path(parsed), cancellationToken);
}
