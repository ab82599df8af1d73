using System.Security.Cryptography;
using VampNet.Audio.Processing;
using VampNet.Client;
using VampNet.Core.Prompts;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Gateway.Stages;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Requests;

/// <summary>One checked request: what the caller chose, and the gateway's choice for everything else.</summary>
/// <param name="Config">effective: no field is left to a default</param>
internal sealed record VampPlan(
    VampConfig Config, AudioInput Input, AudioOutput Output, PreparationOptions Preparation, Prompt Prompt, SamplingOptions Coarse,
    SamplingOptions Fine)
{
    /// <summary>Path of that setting in requests.</summary>
    public const string TokenStretchField = "config.token_stretch";

    /// <summary>Most frames for each frame of the source, as in the reference's app.</summary>
    public const int MaxTokenStretch = 64;

    private const string PromptField = "config.prompt";

    public int Variations => (int)Config.Variations;

    /// <summary>Coarse passes.</summary>
    public int Feedback => (int)Config.Feedback;

    /// <summary>What the prompt hides.</summary>
    /// <exception cref="InvalidRequestException">the prompt does not fit what it is applied to</exception>
    public TokenMask Mask(PromptScene scene) => PromptMapping.Checked(PromptField, () => Prompt.ToMask(scene));

    /// <summary>What one variation costs the generators: frames times sampling steps, of all passes and channels.</summary>
    /// <param name="frames">of the track</param>
    public long FrameSteps(int frames, int channels) => (long)frames * channels * (((long)Coarse.Steps * Feedback) + Fine.Steps);

    /// <summary>Refuses a request that costs too much.</summary>
    /// <param name="frames">of the track, as far as known</param>
    /// <exception cref="InvalidRequestException">with the estimate</exception>
    public void CheckCost(int frames, int channels, MeshLimits limits) => limits.CheckCost(
        "config", FrameSteps(frames, channels) * Variations, $"{frames} frames x steps x passes x channels x variations");

    /// <param name="models">whose codebooks, temperatures and presets count</param>
    /// <exception cref="InvalidRequestException">names every field that cannot be used</exception>
    public static VampPlan From(VampConfig request, StageModels models, MeshLimits limits)
    {
        var config = WithDefaults(request);
        var checks = new RequestChecks();
        var input = AudioInput.From(config.Input, limits, checks);
        var output = AudioOutput.From(config.Output, limits, checks);
        var coarse = config.CoarseSampling.ToModel(Temperature(models.Coarse), "config.coarse_sampling", limits.MaxSteps, checks);
        var fine = config.FineSampling.ToModel(Temperature(models.Fine), "config.fine_sampling", limits.MaxSteps, checks);
        var preparation = PreparationMapping.Preparation(
            FrameRate.VampNet.SampleRate, config.Stretch, config.PitchSemitones, config.Repeat, checks);
        Check(config, limits, checks);
        checks.ThrowIfAny();
        var prompt = config.Prompt.ToModel(PromptField, models.Codebooks, limits.MaxFrames(), models.Coarse.PromptPresets());
        (config.Prompt, config.CoarseSampling, config.FineSampling) = (prompt.ToProto(), coarse.ToProto(), fine.ToProto());
        (config.Stretch, config.Repeat) = (preparation.Stretch, (uint)preparation.Repeat);
        var plan = new VampPlan(config, input, output, preparation, prompt, coarse, fine);
        // More is known when the source is.
        plan.CheckCost(FrameRate.VampNet.ToFrames(config.ExtendBeforeSeconds + config.ExtendAfterSeconds), channels: 1, limits);
        return plan;
    }

    private static float Temperature(GetModelResponse model) => model.HasTemperature ? model.Temperature : 1;

    private static VampConfig WithDefaults(VampConfig request)
    {
        var config = request.Clone();
        config.Input ??= new InputFormat();
        config.Output ??= new OutputFormat();
        config.Seed = config.HasSeed ? config.Seed : DrawSeed();
        config.Variations = Math.Max(1, config.Variations);
        config.Feedback = Math.Max(1, config.Feedback);
        config.TokenStretch = Math.Max(1, config.TokenStretch);
        config.Priority = config.Priority == Priority.Unspecified ? Priority.Interactive : config.Priority;
        config.MatchSource |= config.KeepSource;
        config.Stereo = config.Stereo == StereoPolicy.Unspecified ? UsualStereo(config) : config.Stereo;
        return config;
    }

    /// <summary>
    /// The middle between the source's sides comes nearest to the source (docs/long-music.md). Music that is invented has no such sides,
    /// and those of what is generated anew between kept sound would give away what was there.
    /// </summary>
    private static StereoPolicy UsualStereo(VampConfig config) =>
        config.KeepSource || config.TokenStretch > 1 || config.ExtendBeforeSeconds > 0 || config.ExtendAfterSeconds > 0
            ? StereoPolicy.Dual
            : StereoPolicy.Mid;

    // NaN fails every comparison, so each test is phrased as what must hold.
    private static void Check(VampConfig config, MeshLimits limits, RequestChecks checks)
    {
        checks.Require(
            config.Variations <= limits.MaxVariations, "config.variations",
            $"is {config.Variations}, expected 1 to {limits.MaxVariations}");
        checks.Require(
            config.Feedback <= limits.MaxFeedback, "config.feedback", $"is {config.Feedback}, expected 1 to {limits.MaxFeedback}");
        checks.Require(Enum.IsDefined(config.Priority), "config.priority", $"{(int)config.Priority} is unknown");
        checks.Require(Enum.IsDefined(config.Stereo), "config.stereo", $"{(int)config.Stereo} is unknown");
        checks.Require(
            !config.MatchSource
            || config.Output.SampleRate == 0, "config.output.sample_rate", "must be unset where match_source asks for that of the source");
        checks.Require(
            !config.KeepSource || (config.Stretch is 0 or 1 && config.PitchSemitones == 0), "config.keep_source",
            "keeps the source's own samples, which stretch and pitch_semitones would change");
        CheckTokenStretch(config, checks);
        foreach (var (field, seconds) in new[] { ("before", config.ExtendBeforeSeconds), ("after", config.ExtendAfterSeconds) })
            checks.Require(
                seconds >= 0
                && seconds <= limits.MaxSeconds, $"config.extend_{field}_seconds",
                $"is {seconds}, expected 0 to {limits.MaxSeconds:0.###}");
    }

    private static void CheckTokenStretch(VampConfig config, RequestChecks checks)
    {
        if (config.TokenStretch == 1)
            return;
        checks.Require(
            config.TokenStretch <= MaxTokenStretch, TokenStretchField, $"is {config.TokenStretch}, expected 1 to {MaxTokenStretch}");
        checks.Require(
            config is { KeepSource: false, ExtendBeforeSeconds: 0, ExtendAfterSeconds: 0 } && config.Stereo != StereoPolicy.Mid,
            TokenStretchField, "does not go with keep_source, extend_before_seconds, extend_after_seconds or stereo mid");
    }

    private static ulong DrawSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
