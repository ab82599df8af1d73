using Grpc.Core;
using VampNet.Client;
using VampNet.Core.Prompts;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Gateway.Replicas;
using VampNet.Gateway.Requests;
using VampNet.Gateway.Sources;
using VampNet.Gateway.Stages;
using VampNet.Gateway.Telemetry;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Vamp.V1;
using VampNet.Services.Hosting.Mapping;
using ModelMode = VampNet.Core.Sampling.SamplingMode;
using TokenMask = VampNet.Core.Tokens.TokenMask;

namespace VampNet.Gateway.Generation;

/// <summary>Coarse, then fine: each fills its own codebooks in, both at work on different windows at once.</summary>
internal sealed class VariationGenerator(RequestContext context, WindowScheduler windows)
{
    private readonly VampPlan _plan = context.Plan;
    private readonly StageModels _models = context.Models;

    /// <summary>Starts a variation. The channels share its mask, and the noise, so that the stereo image holds.</summary>
    /// <returns>the tokens of each channel</returns>
    public IReadOnlyList<ITokenSource> Start(EncodedSource source, Variation variation)
    {
        var coarse = CoarseMasks(variation.Mask).Select(CoarsePass).ToList();
        var fineMask = variation.Mask.ShowCodebooks(_models.CoarseCodebooks);
        var fine = new Pass(Stage.Fine, 0, context.Stages.Fine, _plan.Fine, fineMask, (int)_models.Fine.WindowFrames);
        var coarseSteps = variation.Responses.Steps(Stage.Coarse, source.Channels.Count * coarse.Sum(p => p.Steps));
        var fineSteps = variation.Responses.Steps(Stage.Fine, source.Channels.Count * fine.Steps);
        // What the stages can have at once: the last pass asks for it, and through it those before.
        var ahead = windows.MostAtOnce * Math.Max((int)_models.Coarse.WindowFrames, (int)_models.Fine.WindowFrames);
        return source.Channels.Select(ITokenSource (tokens, channel) =>
        {
            ITokenSource leading = new KnownTokens(tokens.TakeCodebooks(_models.CoarseCodebooks));
            for (var i = 0; i < coarse.Count; i++)
                leading = Run(coarse[i], leading, ahead: 0, Seeds.OfCoarsePass(variation.Seed, i), coarseSteps);
            return Run(fine, new JoinedTokens(leading, new KnownTokens(tokens)), ahead, Seeds.OfFinePass(variation.Seed), fineSteps);

            WindowedPass Run(Pass pass, ITokenSource from, int ahead, ulong seed, StepCounter steps) =>
                new(from, pass.Mask, pass.Plan, ahead, (number, seen) => windows.RunAsync(
                    variation,
                    new WindowName(pass.Stage, pass.Number, channel, number),
                    options => GenerateAsync(pass, Seeds.OfWindow(seed, number), seen, steps, options)));
        }).ToList();
    }

    private Pass CoarsePass(TokenMask mask, int number) =>
        new(Stage.Coarse, number, context.Stages.Coarse, _plan.Coarse, mask, (int)_models.Coarse.WindowFrames);

    /// <summary>
    /// One mask a coarse pass. Every pass after the first keeps, beside the prompt, what the pass before it made next to
    /// the prompt: a frame further away each time. (The reference means to, but rolls a mask that it no longer reads.)
    /// </summary>
    private List<TokenMask> CoarseMasks(TokenMask mask)
    {
        var coarse = mask.TakeCodebooks(_models.CoarseCodebooks);
        var isUpstream = _plan.Coarse.Mode == ModelMode.Upstream;
        if (isUpstream)
            coarse = SeparateWindows.ShowEdges(coarse, (int)_models.Coarse.WindowFrames);
        return [.. Enumerable.Range(0, _plan.Feedback).Select(i => i == 0 || isUpstream ? coarse : coarse.And(coarse.Roll(i)))];
    }

    private Task<TokenGrid> GenerateAsync(Pass pass, ulong seed, TokenGrid tokens, StepCounter steps, CallOptions options)
    {
        var request = new GenerateRequest
        {
            Tokens = tokens.ToProto(),
            Sampling = pass.Sampling.ToProto(),
            Seed = seed,
            Model = _plan.Config.Model,
            Priority = _plan.Config.Priority,
        };
        var expected = pass.StepsOf(tokens.Frames);
        var taken = new WindowSteps(steps);
        return pass.Generator.RunAsync(options, async (generator, callOptions, work) =>
        {
            var step = 0;
            var found = await generator.GenerateAsync(request, _ =>
            {
                work.Step();
                return taken.ReachAsync(++step);
            }, callOptions);
            // A window with few tokens to find may need fewer steps than were asked for.
            await taken.ReachAsync(expected);
            return found.ToGrid();
        }, expected);
    }

    /// <param name="Number">of several over the same track</param>
    /// <param name="WindowFrames">most frames that the model sees at once</param>
    private sealed record Pass(
        Stage Stage, int Number, StageCaller<GeneratorClient> Generator, SamplingOptions Sampling, TokenMask Mask, int WindowFrames)
    {
        /// <summary>
        /// Windows, each a call. Those of the reference know nothing of each other: the stage cuts them, in a single call.
        /// </summary>
        public IReadOnlyList<Window> Plan { get; } =
            WindowPlan.Create(Mask.HiddenFrames(), Sampling.Mode == ModelMode.Upstream ? Math.Max(1, Mask.Frames) : WindowFrames);

        public int Steps => Plan.Sum(window => StepsOf(window.Length));

        /// <summary>Most steps of a call over so many frames.</summary>
        public int StepsOf(int frames) => SeparateWindows.Plan(frames, WindowFrames).Count * Sampling.Steps;
    }
}

/// <summary>Steps of one window, counted on whichever replica is first to take them.</summary>
internal sealed class WindowSteps(StepCounter track)
{
    private readonly Lock _lock = new();
    private int _taken;

    /// <param name="step">that was taken, from 1</param>
    public Task ReachAsync(int step)
    {
        int more;
        lock (_lock)
        {
            more = Math.Max(0, step - _taken);
            _taken += more;
        }
        return track.AddAsync(more);
    }
}
