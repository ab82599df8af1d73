using Grpc.Core;
using VampNet.Gateway.Pipeline;
using VampNet.Gateway.Songs;
using VampNet.Gateway.Stages;
using VampNet.Gateway.Stages.Replicas;
using VampNet.Model.Prompts;
using VampNet.Model.Sampling;
using VampNet.Model.Tokens;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;
using ModelMode = VampNet.Model.Sampling.SamplingMode;
using TokenMask = VampNet.Model.Tokens.TokenMask;

namespace VampNet.Gateway.Generation;

/// <summary>Coarse, then fine: each fills its own codebooks in, both at work on different windows of a song at once.</summary>
internal sealed class SongGenerator(RequestStages stages, VampPlan plan, StageModels models, WindowGate gate)
{
    /// <summary>Starts all windows of a variation. The channels share its mask, and the noise, so that the stereo image holds.</summary>
    /// <returns>the tokens of each channel</returns>
    public IReadOnlyList<ITokenSource> Start(Song song, Variation variation)
    {
        var coarse = CoarseMasks(variation.Mask).Select((mask, i) => new Pass(Stage.Coarse, i, stages.Coarse, plan.Coarse, mask, Plan(mask, plan.Coarse, models.Coarse))).ToList();
        var fineMask = variation.Mask.ShowCodebooks(models.CoarseCodebooks);
        var fine = new Pass(Stage.Fine, 0, stages.Fine, plan.Fine, fineMask, Plan(fineMask, plan.Fine, models.Fine));
        var coarseSteps = variation.Answers.Steps(Stage.Coarse, song.Channels.Count * coarse.Sum(p => p.Steps));
        var fineSteps = variation.Answers.Steps(Stage.Fine, song.Channels.Count * fine.Steps);
        var seeds = new CounterRandom(variation.Seed);
        return song.Channels.Select((tokens, channel) =>
        {
            ITokenSource leading = new KnownTokens(tokens.TakeCodebooks(models.CoarseCodebooks));
            // The first two derived seeds are those of the first coarse pass and of the fine one.
            for (var i = 0; i < coarse.Count; i++)
                leading = Run(coarse[i], leading, seeds.Derive(i == 0 ? 0 : i + 1), coarseSteps);
            return (ITokenSource)Run(fine, new LedTokens(leading, new KnownTokens(tokens)), seeds.Derive(1), fineSteps);

            WindowedPass Run(Pass pass, ITokenSource source, ulong seed, StepCounter steps)
            {
                var random = new CounterRandom(seed);
                return gate.Track(new WindowedPass(source, pass.Mask, pass.Plan, (window, seen) =>
                    gate.RunAsync(variation, new(pass.Stage, pass.Number, channel, window), options => GenerateAsync(pass, random.OfWindow(window), seen, steps, options))));
            }
        }).ToList();
    }

    /// <summary>
    /// One mask a coarse pass. Every pass after the first keeps, beside the prompt, what the pass before it made next to
    /// the prompt: a frame further away each time. (The reference means to, but rolls a mask that it no longer reads.)
    /// </summary>
    private List<TokenMask> CoarseMasks(TokenMask mask)
    {
        var coarse = mask.TakeCodebooks(models.CoarseCodebooks);
        if (plan.Coarse.Mode == ModelMode.Upstream)
            coarse = SeparateWindows.ShowEdges(coarse, (int)models.Coarse.WindowFrames);
        return [.. Enumerable.Range(0, plan.Feedback).Select(i => i == 0 || plan.Coarse.Mode == ModelMode.Upstream ? coarse : coarse.And(coarse.Roll(i)))];
    }

    /// <summary>The reference's windows know nothing of each other, and the stage itself cuts them.</summary>
    private static IReadOnlyList<Window> Plan(TokenMask mask, SamplingOptions sampling, GetModelResponse model) =>
        WindowPlan.Create(mask.HiddenFrames(), sampling.Mode == ModelMode.Upstream ? Math.Max(1, mask.Frames) : (int)model.WindowFrames);

    private Task<TokenGrid> GenerateAsync(Pass pass, ulong seed, TokenGrid tokens, StepCounter steps, CallOptions options)
    {
        var request = new GenerateRequest { Tokens = tokens.ToProto(), Sampling = pass.Sampling.ToProto(), Seed = seed, Model = plan.Config.Model, Priority = plan.Config.Priority };
        var taken = new WindowSteps(steps);
        return pass.Generator.RunAsync(options, async (generator, callOptions, work) =>
        {
            using var call = generator.Generate(request, callOptions);
            var step = 0;
            TokenGrid? found = null;
            // Read to its end: a call that is left when the tokens are there may look called off to the stage.
            await foreach (var response in call.ResponseStream.ReadAllAsync(callOptions.CancellationToken))
            {
                if (response.Tokens is { } result)
                {
                    found = result.ToModel("tokens", tokens.Frames);
                }
                else
                {
                    work.Step();
                    await taken.ReachAsync(++step);
                }
            }
            if (found is null)
                throw new InvalidDataException($"the {pass.Stage} generator sent no tokens");
            // A window with few tokens to find may need fewer steps than were asked for.
            await taken.ReachAsync(pass.Sampling.Steps);
            return found;
        }, pass.Sampling.Steps);
    }

    /// <param name="Number">of several over the same song</param>
    private sealed record Pass(Stage Stage, int Number, StageCaller<GeneratorService.GeneratorServiceClient> Generator, SamplingOptions Sampling, TokenMask Mask, IReadOnlyList<Window> Plan)
    {
        public int Steps => Plan.Count * Sampling.Steps;
    }
}
