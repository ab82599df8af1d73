using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Flags;

/// <summary>How hidden tokens are sampled. What is not given is left to the gateway, which also checks the values.</summary>
internal sealed class SamplingFlags
{
    private readonly Option<int?> _steps;
    private readonly Option<float?> _temperature;
    private readonly Option<float?> _maskTemperature;
    private readonly Option<int?> _topK;
    private readonly Option<float?> _topP;
    private readonly Option<float?> _typicalMass;
    private readonly Option<int?> _typicalMinTokens;
    private readonly Option<float?> _sampleCutoff;
    private readonly Option<string?> _mode;

    /// <param name="prefix">of the option names, such as "fine-"</param>
    /// <param name="group">heading of the options</param>
    public SamplingFlags(Command command, string prefix, string group)
    {
        _steps = new($"--{prefix}steps") { Description = "Parallel decoding steps (12).", HelpName = "N" };
        _temperature = new($"--{prefix}temperature")
        {
            Description = "Of the softmax, above 0 (what suits the model).",
            HelpName = "T",
        };
        _maskTemperature = new($"--{prefix}mask-temperature")
        {
            Description = "Noise on the confidences, 0 or above (10.5).",
            HelpName = "T",
        };
        _topK = new($"--{prefix}top-k") { Description = "Sample from this many likeliest tokens (off).", HelpName = "N" };
        _topP = new($"--{prefix}top-p")
        {
            Description = "Sample from the smallest set of tokens with this probability (off).",
            HelpName = "0..1"
        };
        _typicalMass = new($"--{prefix}typical-mass")
        {
            Description = "Typical filtering: probability to keep (off).",
            HelpName = "0..1",
        };
        _typicalMinTokens = new($"--{prefix}typical-min-tokens")
        {
            Description = "Typical filtering: tokens to keep at least (off).",
            HelpName = "N",
        };
        _sampleCutoff = new($"--{prefix}sample-cutoff")
        {
            Description = "Sample during this part of the steps, then take the likeliest; -1 = never sample (1).",
            HelpName = "0..1",
        };
        _mode = new($"--{prefix}mode") { Description = "paper, or bug-compatible with the public code (paper)." };
        _mode.AcceptOnlyFromAmong("paper", "upstream");
        command.AddOptions(
            group, _steps, _temperature, _maskTemperature, _topK, _topP, _typicalMass, _typicalMinTokens, _sampleCutoff, _mode);
    }

    /// <param name="defaults">taken where an option is not given</param>
    public Sampling Read(ParseResult parsed, Sampling? defaults = null)
    {
        var sampling = defaults?.Clone() ?? new Sampling();
        if (parsed.GetValue(_steps) is { } steps)
            sampling.Steps = steps;
        if (parsed.GetValue(_temperature) is { } temperature)
            sampling.Temperature = temperature;
        if (parsed.GetValue(_maskTemperature) is { } maskTemperature)
            sampling.MaskTemperature = maskTemperature;
        if (parsed.GetValue(_topK) is { } topK)
            sampling.TopK = topK;
        if (parsed.GetValue(_topP) is { } topP)
            sampling.TopP = topP;
        if (parsed.GetValue(_typicalMass) is { } mass)
            (sampling.Typical ??= new TypicalFilter()).Mass = mass;
        if (parsed.GetValue(_typicalMinTokens) is { } minTokens)
            (sampling.Typical ??= new TypicalFilter()).MinTokens = minTokens;
        if (parsed.GetValue(_sampleCutoff) is { } cutoff)
            sampling.SampleCutoff = cutoff;
        if (parsed.GetValue(_mode) is { } mode)
            sampling.Mode = mode == "paper" ? SamplingMode.Paper : SamplingMode.Upstream;
        return sampling;
    }
}

/// <summary>How the coarse stage samples, and the fine one: as the coarse one unless told otherwise.</summary>
internal sealed class StageSamplingFlags(Command command)
{
    private readonly SamplingFlags _coarse = new(command, "", "Sampling");
    private readonly SamplingFlags _fine = new(command, "fine-", "Sampling of the fine stage, where it differs");

    /// <summary>Adds what was given to a request.</summary>
    public void Read(ParseResult parsed, VampConfig config)
    {
        config.CoarseSampling = _coarse.Read(parsed);
        config.FineSampling = _fine.Read(parsed, config.CoarseSampling);
    }
}
