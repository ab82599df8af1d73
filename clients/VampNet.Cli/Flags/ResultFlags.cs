using System.CommandLine;
using VampNet.Audio.Files;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Flags;

/// <summary>How many results come back, how long they are, and what of the source is in them.</summary>
internal sealed class ResultFlags
{
    private readonly Option<uint> _variations = new("--variations", "-n")
    {
        Description = "Results of one input: OUT-1, OUT-2 ..., with the seeds N, N + 1 ...",
        DefaultValueFactory = _ => 1,
        HelpName = "COUNT"
    };
    private readonly Option<bool> _matchSource = MatchSource();
    private readonly Option<bool?> _keepSource = new("--keep-source") { HelpName = "true|false" };
    private readonly bool _keepsSource;

    /// <param name="keepsSource">what the verb does unless it is told</param>
    public ResultFlags(Command command, bool keepsSource)
    {
        _keepsSource = keepsSource;
        _keepSource.Description = "What is kept whole sounds as in the input: its own samples, channels and sample rate. "
            + (keepsSource ? "Default: true, unless --stretch, --token-stretch or --pitch changes them all." : "Default: false.");
        command.AddOptions("The results", _variations, _matchSource, _keepSource);
    }

    public static Option<bool> MatchSource() =>
        new("--match-source") { Description = "Write the sample rate of the music that went in, and exactly its length." };

    public uint Variations(ParseResult parsed) => parsed.GetValue(_variations);

    /// <summary>Adds what was given to a request.</summary>
    /// <param name="config">already says how the source is stretched and shifted</param>
    public void Read(ParseResult parsed, VampConfig config)
    {
        (config.Variations, config.MatchSource) = (parsed.GetValue(_variations), parsed.GetValue(_matchSource));
        config.KeepSource = parsed.GetValue(_keepSource) ?? (_keepsSource && config.CanKeepSource());
    }
}

/// <summary>How audio is written: by the output's extension, and the bits of a WAV or AIFF file.</summary>
internal sealed class AudioFormatFlags
{
    /// <summary>What is written, as a sentence.</summary>
    public const string Output = "What to write: .wav, .flac, .aiff, .ogg (Vorbis), .opus or .mp3.";

    /// <summary>Of the files that can be written.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".wav", ".flac", ".aiff", ".ogg", ".opus", ".mp3"];

    private readonly Option<string> _bits = new("--bits")
    {
        Description = "Of a WAV or AIFF file: 16, 24 or 32 (float).",
        DefaultValueFactory = _ => "16",
    };

    public AudioFormatFlags(Command command)
    {
        _bits.AcceptOnlyFromAmong("16", "24", "32");
        command.AddOptions(OutputFlags.Group, _bits);
    }

    /// <summary>What to ask the gateway for, and what to make of it here; null = nothing.</summary>
    /// <exception cref="BadInputException">the extension is no format's, or the installed libsndfile does not write it</exception>
    public (OutputFormat Asked, AudioFormat? Made) Read(ParseResult parsed, string path)
    {
        var (encoding, made) = (Extension(path), parsed.GetValue(_bits)) switch
        {
            (".WAV", "16") => (OutputEncoding.WavS16, (AudioFormat?)null),
            (".WAV", "24") => (OutputEncoding.WavS24, null),
            (".WAV", _) => (OutputEncoding.WavF32, null),
            (".FLAC", _) => (OutputEncoding.Flac, null),
            (".AIFF" or ".AIF", "16") => (OutputEncoding.WavF32, AudioFormat.Aiff16),
            (".AIFF" or ".AIF", "24") => (OutputEncoding.WavF32, AudioFormat.Aiff24),
            (".AIFF" or ".AIF", _) => (OutputEncoding.WavF32, AudioFormat.AiffFloat),
            (".OGG", _) => (OutputEncoding.WavF32, AudioFormat.OggVorbis),
            (".OPUS", _) => (OutputEncoding.WavF32, AudioFormat.Opus),
            (".MP3", _) => (OutputEncoding.WavF32, AudioFormat.Mp3),
            _ => throw new BadInputException($"--output {path}: audio is written as .wav, .flac, .aiff, .ogg, .opus or .mp3"),
        };
        if (made is { } format && !AudioFile.CanWrite(format))
            throw new BadInputException($"--output {path}: the installed libsndfile does not write this format; MP3 needs version 1.1");
        return (new OutputFormat { Encoding = encoding }, made);
    }

    /// <summary>In capitals; pipes and devices get WAV unless they are named otherwise.</summary>
    private static string Extension(string path)
    {
        var extension = Path.GetExtension(path).ToUpperInvariant();
        return StandardStreams.IsStream(path) && extension.Length == 0 ? ".WAV" : extension;
    }
}
