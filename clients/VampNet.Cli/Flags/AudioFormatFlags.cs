using System.CommandLine;
using VampNet.Protos.Audio.V1;

namespace VampNet.Cli.Flags;

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
