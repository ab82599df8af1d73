using System.Security.Cryptography;
using VampNet.Gateway.Prompts;
using VampNet.Model.Prompts;
using VampNet.Model.Sampling;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Errors;
using VampNet.Services.Hosting.Limits;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Pipeline;

/// <summary>One checked vamp: what the caller chose and what the gateway filled in.</summary>
/// <param name="Config">the request, for what goes to the stages as it is</param>
/// <param name="Seed">the caller's, or a fresh one</param>
internal sealed record VampPlan(VampConfig Config, Prompt Prompt, SamplingOptions Coarse, SamplingOptions Fine, ulong Seed)
{
    /// <param name="codebooks">of the codec</param>
    /// <exception cref="InvalidRequestException">names every field that cannot be used</exception>
    public static VampPlan From(VampConfig config, int codebooks, MeshLimits limits)
    {
        var checks = new RequestChecks();
        _ = AudioInput.From(config.Input, limits, checks);
        _ = AudioOutput.From(config.Output, limits, checks);
        var coarse = config.CoarseSampling.ToModel("config.coarse_sampling", limits.MaxSteps, checks);
        var fine = config.FineSampling.ToModel("config.fine_sampling", limits.MaxSteps, checks);
        checks.ThrowIfAny();
        var prompt = config.Prompt.ToModel("config.prompt", codebooks, limits.MaxFrames());
        return new VampPlan(config, prompt, coarse, fine, config.HasSeed ? config.Seed : DrawSeed());
    }

    public VampStarted Started()
    {
        var effective = Config.Clone();
        (effective.Prompt, effective.Seed, effective.CoarseSampling, effective.FineSampling) = (Prompt.ToProto(), Seed, Coarse.ToProto(), Fine.ToProto());
        return new VampStarted { Config = effective };
    }

    private static ulong DrawSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
}
