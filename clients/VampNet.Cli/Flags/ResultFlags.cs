using System.CommandLine;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Flags;

/// <summary>How many results come back, and how long they are.</summary>
internal sealed class ResultFlags
{
    private readonly Option<uint> _variations = new("--variations", "-n")
    {
        Description = "Results of one input: OUT-1, OUT-2 ..., with the seeds N, N + 1 ...",
        DefaultValueFactory = _ => 1,
        HelpName = "COUNT"
    };
    private readonly Option<bool> _matchSource = MatchSource();

    public ResultFlags(Command command)
    {
        command.Options.Add(_variations);
        command.Options.Add(_matchSource);
    }

    public static Option<bool> MatchSource() =>
        new("--match-source") { Description = "Write the sample rate of the music that went in, and exactly its length." };

    /// <summary>Adds what was given to a request.</summary>
    public void Read(ParseResult parsed, VampConfig config) =>
        (config.Variations, config.MatchSource) = (parsed.GetValue(_variations), parsed.GetValue(_matchSource));
}

/// <summary>How audio is written: by the output's extension, and the bits of a WAV file.</summary>
internal sealed class AudioFormatFlags
{
    private readonly Option<string> _bits = new("--bits")
    {
        Description = "Of a WAV file: 16, 24 or 32 (float).",
        DefaultValueFactory = _ => "16",
    };

    public AudioFormatFlags(Command command)
    {
        _bits.AcceptOnlyFromAmong("16", "24", "32");
        command.Options.Add(_bits);
    }

    /// <exception cref="BadInputException">the extension is neither .wav nor .flac</exception>
    public OutputFormat Read(ParseResult parsed, string path) => new()
    {
        Encoding = (Path.GetExtension(path).ToUpperInvariant(), parsed.GetValue(_bits)) switch
        {
            (".WAV", "16") => OutputEncoding.WavS16,
            (".WAV", "24") => OutputEncoding.WavS24,
            (".WAV", _) => OutputEncoding.WavF32,
            (".FLAC", _) => OutputEncoding.Flac,
            _ => throw new BadInputException($"--output {path}: audio is written as .wav or .flac"),
        },
    };
}
