using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Cli.Output;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Cli.Flags;

/// <summary>Prompts that keep a share of the tokens, wherever they are in time.</summary>
internal sealed class TokenFlags
{
    private readonly Option<int?> _codebooks = new("--codebooks")
    {
        Description = "Keep the N coarsest codebooks; alone, decompresses.",
        HelpName = "N",
    };
    private readonly Option<double?> _bitrate = new("--bitrate")
    {
        Description = "Keep what this bitrate pays for: codebooks, or frames of the coarsest one.",
        HelpName = "BITS/S",
    };
    private readonly Option<double?> _random = new("--random")
    {
        Description = "Hide each token with this probability.",
        HelpName = "0..1",
    };
    private readonly Option<string?> _mask = new("--mask")
    {
        Description = "Keep what a mask keeps: safetensors, tensor \"mask\" (codebooks, frames) of BOOL or U8, 1 = hidden.",
        HelpName = "FILE"
    };
    private readonly Option<bool> _nothing = new("--nothing") { Description = "Keep nothing but the length." };
    private readonly Option<bool> _everything = new("--everything") { Description = "Keep everything." };

    public TokenFlags(Command command)
    {
        command.AddOptions("What stays: a share of the tokens", _codebooks, _bitrate, _random, _mask, _nothing, _everything);
    }

    public IEnumerable<Prompt> Read(ParseResult parsed)
    {
        if (parsed.GetValue(_codebooks) is { } codebooks)
            yield return new Prompt { Compression = new CompressionPrompt { Codebooks = codebooks } };
        if (parsed.GetValue(_bitrate) is { } bitrate)
            yield return new Prompt { Bitrate = new BitratePrompt { BitsPerSecond = bitrate } };
        if (parsed.GetValue(_random) is { } intensity)
            yield return new Prompt { Random = new RandomPrompt { Intensity = intensity } };
        if (parsed.GetValue(_mask) is { } path)
            yield return new Prompt { Mask = MaskFile.Read(path) };
        if (parsed.GetValue(_nothing))
            yield return new Prompt { None = new NonePrompt() };
        if (parsed.GetValue(_everything))
            yield return new Prompt { All = new AllPrompt() };
    }
}
