using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Hosting.Errors;
using ModelFilter = VampNet.Core.Sampling.TypicalFilter;
using ModelMode = VampNet.Core.Sampling.SamplingMode;
using ProtoFilter = VampNet.Protos.Generator.V1.TypicalFilter;
using ProtoMode = VampNet.Protos.Generator.V1.SamplingMode;

namespace VampNet.Services.Hosting.Mapping;

/// <summary>Sampling options between the wire and the model; unset fields take the defaults.</summary>
public static class SamplingMapping
{
    private static readonly SamplingOptions Defaults = new();

    /// <summary>The options of a request.</summary>
    /// <param name="sampling">The message of the request; null where it has none.</param>
    /// <param name="temperature">The softmax temperature where none is asked for: the model's; above 0.</param>
    /// <param name="field">The path of the message in the request.</param>
    /// <param name="maxSteps">How many decoding steps are allowed, at least 1.</param>
    /// <param name="checks">Takes what is wrong.</param>
    public static SamplingOptions ToModel(this Sampling? sampling, float temperature, string field, int maxSteps, RequestChecks checks)
    {
        sampling ??= new Sampling();
        var options = new SamplingOptions
        {
            Steps = sampling.HasSteps ? sampling.Steps : Defaults.Steps,
            Temperature = sampling.HasTemperature ? sampling.Temperature : temperature,
            MaskTemperature = sampling.HasMaskTemperature ? sampling.MaskTemperature : Defaults.MaskTemperature,
            TopK = sampling.HasTopK ? sampling.TopK : Defaults.TopK,
            TopP = sampling.HasTopP ? sampling.TopP : Defaults.TopP,
            Typical = sampling.Typical is { } typical ? ToModel(typical) : Defaults.Typical,
            SampleCutoff = sampling.HasSampleCutoff ? sampling.SampleCutoff : Defaults.SampleCutoff,
            Mode = sampling.Mode == ProtoMode.Upstream ? ModelMode.Upstream : ModelMode.Paper,
        };
        Check(options, field, maxSteps, checks);
        checks.Require(Enum.IsDefined(sampling.Mode), $"{field}.mode", $"{(int)sampling.Mode} is unknown");
        return options;
    }

    /// <summary>Every option, spelled out.</summary>
    public static Sampling ToProto(this SamplingOptions options)
    {
        var sampling = new Sampling
        {
            Steps = options.Steps,
            Temperature = options.Temperature,
            MaskTemperature = options.MaskTemperature,
            SampleCutoff = options.SampleCutoff,
            Mode = options.Mode == ModelMode.Upstream ? ProtoMode.Upstream : ProtoMode.Paper,
        };
        if (options.TopK is { } topK)
            sampling.TopK = topK;
        if (options.TopP is { } topP)
            sampling.TopP = topP;
        if (options.Typical is { } typical)
            sampling.Typical = new ProtoFilter { Mass = typical.Mass, MinTokens = typical.MinTokens };
        return sampling;
    }

    private static ModelFilter ToModel(ProtoFilter filter)
    {
        var defaults = new ModelFilter();
        return new ModelFilter(filter.HasMass ? filter.Mass : defaults.Mass, filter.HasMinTokens ? filter.MinTokens : defaults.MinTokens);
    }

    // NaN fails every comparison, so each test is phrased as what must hold.
    private static void Check(SamplingOptions options, string field, int maxSteps, RequestChecks checks)
    {
        checks.Require(options.Steps >= 1 && options.Steps <= maxSteps, $"{field}.steps", $"is {options.Steps}, expected 1 to {maxSteps}");
        checks.Require(
            options.Temperature > 0
            && float.IsFinite(options.Temperature), $"{field}.temperature", $"is {options.Temperature}, expected above 0");
        checks.Require(
            options.MaskTemperature >= 0
            && float.IsFinite(options.MaskTemperature), $"{field}.mask_temperature", $"is {options.MaskTemperature}, expected 0 or above");
        checks.Require(
            options.TopK is null or (>= 1 and <= TokenGrid.Vocabulary), $"{field}.top_k",
            $"is {options.TopK}, expected 1 to {TokenGrid.Vocabulary}");
        checks.Require(options.TopP is null or (> 0 and <= 1), $"{field}.top_p", $"is {options.TopP}, expected above 0, at most 1");
        checks.Require(
            options.SampleCutoff is -1 or (>= 0 and <= 1), $"{field}.sample_cutoff",
            $"is {options.SampleCutoff}, expected 0 to 1, or -1 for never");
        if (options.Typical is { } typical)
        {
            checks.Require(typical.Mass is > 0 and <= 1, $"{field}.typical.mass", $"is {typical.Mass}, expected above 0, at most 1");
            checks.Require(
                typical.MinTokens is >= 1 and <= TokenGrid.Vocabulary, $"{field}.typical.min_tokens",
                $"is {typical.MinTokens}, expected 1 to {TokenGrid.Vocabulary}");
        }
    }
}
