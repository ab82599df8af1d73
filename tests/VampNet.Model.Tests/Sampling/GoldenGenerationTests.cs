using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Sampling;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;
using static VampNet.Testing.GoldenTensors;

namespace VampNet.Model.Tests.Sampling;

/// <summary>Whole generations of the reference, step by step.</summary>
[Collection(TorchTests.Name)]
public sealed class GoldenGenerationTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _frozen = no_grad();

    public static TheoryData<string> Trajectories => [.. Names()];

    public static TheoryData<string> WithoutChance => [.. Names().Where(n => Options(n) is { SampleCutoff: < 0, MaskTemperature: 0 })];

    public void Dispose()
    {
        _frozen.Dispose();
        _scope.Dispose();
    }

    /// <summary>Nothing left to chance: our generator alone walks the same path and arrives at the same tokens.</summary>
    [Theory, MemberData(nameof(WithoutChance)), NoTensorLeaks]
    public void Our_generator_takes_the_same_steps(string name)
    {
        using var generator = GoldenModels.Generator(Network(name));
        var (batch, options) = (Goldens.Array(name + "_start").Shape[0], Options(name));
        var states = Start(name, options);
        for (var step = 0; step < options.Steps; step++)
        {
            for (var item = 0; item < batch; item++)
                Assert.Equal(GoldenModels.Grid(name + "_z_masked", step * batch + item).Data.ToArray(), states[item].Tokens.Data.ToArray());
            generator.Advance(states);
        }
        for (var item = 0; item < batch; item++)
        {
            Assert.Equal(GoldenModels.Grid(name + "_out", item).Data.ToArray(), states[item].Tokens.Data.ToArray());
            Assert.True(states[item].Done);
        }
    }

    /// <summary>
    /// The reference's draws and noise replayed: our network gives its draws the probabilities that it saw, and the same
    /// tokens are hidden again after every step.
    /// </summary>
    [Theory, MemberData(nameof(Trajectories))]
    public void Replayed_draws_lead_the_same_way(string name)
    {
        using var network = GoldenModels.Transformer(Network(name));
        var entries = GoldenModels.Entries(network.Options.Codebooks);
        var (tokens, probabilities, hiddenAfter) =
            (Goldens.Array(name + "_token"), Goldens.Array(name + "_prob").Floats, Goldens.Array(name + "_newmask").Flags);
        var (batch, positions, options) = (tokens.Shape[1], tokens.Shape[2], Options(name));
        var states = Start(name, options);
        for (var step = 0; step < options.Steps; step++)
        {
            using var scope = NewDisposeScope();
            var logits = network.Forward(network.Embed(Tensor(name + "_z_masked")[step], entries)); // (batch, positions, vocabulary)
            for (var item = 0; item < batch; item++)
            {
                var state = states[item];
                var first = (step * batch + item) * positions;
                var (drawn, ofDrawn) = (tokens.Longs.AsSpan(first, positions).ToArray(), probabilities.AsSpan(first, positions).ToArray());
                Assert.Equal(GoldenModels.Grid(name + "_z_masked", step * batch + item).Data.ToArray(), state.Tokens.Data.ToArray());
                var ours = TokenSampler.Probabilities(logits[item], options).gather(-1, tensor(drawn).unsqueeze(-1));
                AssertClose(name + "_prob", ofDrawn, Values(ours), LogitTolerance);
                if (!state.Draws)
                    Assert.Equal(drawn, Integers(TokenSampler.Sample(logits[item], options, null).Codes));

                var hidden = state.HiddenPositions();
                state.Advance(hidden, Array.ConvertAll(hidden, p => drawn[p]), Array.ConvertAll(hidden, p => ofDrawn[p]));
                Assert.Equal(
                    hiddenAfter.AsSpan(first, positions).ToArray(),
                    Enumerable.Range(0, positions).Select(state.HiddenPositions().ToHashSet().Contains));
            }
        }
        for (var item = 0; item < batch; item++)
            Assert.Equal(GoldenModels.Grid(name + "_out", item).Data.ToArray(), states[item].Tokens.Data.ToArray());
    }

    [Fact, NoTensorLeaks]
    public void Long_audio_through_the_coarse_model_is_the_references()
    {
        using var generator = GoldenModels.Generator("coarse");
        var (tokens, expected) = (GoldenModels.Grid("itf_z"), GoldenModels.Grid("itf_coarse_vamp"));
        var mask = GoldenModels.Mask("itf_mask");
        var coarseMask = new TokenMask(generator.Codebooks, mask.Frames, mask.Hidden[..(generator.Codebooks * mask.Frames)].ToArray());
        var masked = SeparateWindows.ShowEdges(coarseMask, generator.WindowFrames).Apply(tokens.TakeCodebooks(generator.Codebooks));
        var options = Deterministic((int)Goldens.Argument("itf_coarse_vamp", "_sampling_steps")!.Value);
        var result = generator.Generate(masked, options, 0, null, CancellationToken.None);
        Assert.Equal(expected.TakeCodebooks(generator.Codebooks).Data.ToArray(), result.Data.ToArray());
    }

    [Fact, NoTensorLeaks]
    public void Long_audio_through_the_fine_model_is_the_references()
    {
        using var generator = GoldenModels.Generator("c2f");
        var masked = GoldenModels.Mask("itf_mask").Apply(GoldenModels.Grid("itf_coarse_vamp"));
        var conditioned = GoldenModels.Grid("itf_coarse_vamp").TakeCodebooks(generator.ConditioningCodebooks).Data.ToArray();
        var input = masked.Data.ToArray();
        conditioned.CopyTo(input, 0); // what conditions is never hidden
        var options = Deterministic((int)Goldens.Argument("itf_c2f", "_sampling_steps")!.Value);
        var result = generator.Generate(new TokenGrid(masked.Codebooks, masked.Frames, input), options, 0, null, CancellationToken.None);
        Assert.Equal(GoldenModels.Grid("itf_c2f").Data.ToArray(), result.Data.ToArray());
    }

    private static IEnumerable<string> Names() => Goldens.Names("gen_*_out").Select(n => n[..^"_out".Length]);

    /// <summary>The model whose number of codebooks the trajectory has.</summary>
    private static string Network(string name) =>
        Goldens.Array(name + "_start").Shape[1] == Goldens.Array("c2f_codes").Shape[1] ? "c2f" : "coarse";

    private static SamplingOptions Options(string name) => new()
    {
        Mode = SamplingMode.Upstream,
        Steps = Goldens.Array(name + "_token").Shape[0],
        Temperature = (float)(Goldens.Argument(name + "_out", "temperature") ?? 1),
        MaskTemperature = (float)(Goldens.Argument(name + "_out", "mask_temperature") ?? 10.5),
        SampleCutoff = (float)(Goldens.Argument(name + "_out", "sample_cutoff") ?? 1),
        Typical = new TypicalFilter(),
    };

    private static SamplingOptions Deterministic(int steps) =>
        new() { Mode = SamplingMode.Upstream, Steps = steps, MaskTemperature = 0, SampleCutoff = -1 };

    /// <summary>The batch as the reference starts it, with its count of hidden tokens over the whole batch, and its noise.</summary>
    private static DecodingState[] Start(string name, SamplingOptions options)
    {
        var batch = Goldens.Array(name + "_start").Shape[0];
        var noise = options.MaskTemperature > 0 ? Goldens.Array(name + "_gumbel") : null;
        var grids = Enumerable.Range(0, batch)
            .Select(i => GoldenModels.Mask(name + "_mask", i).Apply(GoldenModels.Grid(name + "_start", i))).ToArray();
        var hidden = grids.Sum(g => g.Data.Count(TokenGrid.Mask));
        var conditioning = grids[0].Codebooks - Goldens.Array(name + "_token").Shape[2] / grids[0].Frames;
        return [.. grids.Select((grid, item) => new DecodingState(grid, conditioning, options, 0, hidden,
            (step, gumbel) => noise?.Floats.AsSpan((step * batch + item) * gumbel.Length, gumbel.Length).CopyTo(gumbel)))];
    }
}
