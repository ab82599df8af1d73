using System.CommandLine;
using VampNet.Audio;
using VampNet.Audio.Files;
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

    /// <summary>Opens the file, and warns of the damage that is allowed.</summary>
    /// <exception cref="BadInputException">there is none</exception>
    public async Task<Stream> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var stream = await StandardStreams.OpenInputAsync(Path(parsed), cancellationToken);
        if (parsed.GetValue(_allowDamaged) && Damage(stream) is { } damage)
            Console.Error.WriteLine($"vampnet: warning: {damage}");
        stream.Position = 0;
        return stream;
    }

    /// <summary>What is lost of a file, in words; null = nothing, or all: then the gateway refuses it, and says why.</summary>
    private static string? Damage(Stream stream)
    {
        var limits = AudioLimits.Default;
        try
        {
            using var reader = new SoundFileReader(stream, limits, allowDamaged: true);
            foreach (var _ in reader.ReadPieces(limits))
                continue;
            return reader.Damage;
        }
        catch (InvalidAudioException)
        {
            return null;
        }
    }
}
