using System.Globalization;
using System.Text.RegularExpressions;
using VampNet.Core.Sampling;
using VampNet.Model.Sampling;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;
using static VampNet.Testing.GoldenTensors;

namespace VampNet.Model.Tests.Sampling;

/// <summary>sample_from_logits, typical_filter and mask_by_random_topk of the reference.</summary>
[Collection(TorchTests.Name)]
public sealed class GoldenSamplerTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly IDisposable _frozen = no_grad();

    public static TheoryData<string> SamplerNames => [.. Goldens.Names("samp_*_probs").Select(n => n[..^"_probs".Length])];

    public static TheoryData<string> TypicalNames => [.. Goldens.Names("typical_filter_out_*")];

    public static TheoryData<string> TopKMaskNames => [.. Goldens.Names("topkmask_*_mask").Select(n => n[..^"_mask".Length])];

    public void Dispose()
    {
        _frozen.Dispose();
        _scope.Dispose();
    }

    [Theory, MemberData(nameof(SamplerNames))]
    public void Distributions_and_the_probabilities_of_drawn_codes(string name)
    {
        var options = new SamplingOptions
        {
            Mode = SamplingMode.Upstream,
            Temperature = Argument(name, "temperature") ?? 1,
            TopP = Argument(name, "top_p"),
            TopK = (int?)Argument(name, "top_k"),
            Typical = Argument(name, "typical_mass") is { } mass
                ? new TypicalFilter(mass, (int)Argument(name, "typical_min_tokens")!)
                : null,
        };
        var probabilities = TokenSampler.Probabilities(Logits(), options);
        AssertClose(name, Goldens.Array(name + "_probs").Floats, Values(probabilities), 1e-6);

        var drawn = Tensor(name + "_token").reshape(-1, 1);
        AssertClose(name, Goldens.Array(name + "_tokenprob").Floats, Values(probabilities.gather(-1, drawn)), 1e-6);

        // Our own draw takes numbers instead of torch's generator: a number inside a code's share of (0, 1) gives that code.
        var before = probabilities.cumsum(-1).gather(-1, drawn) - probabilities.gather(-1, drawn) / 2;
        var (codes, ofCodes) = TokenSampler.Sample(Logits(), options, before.squeeze(-1));
        Assert.Equal(Goldens.Array(name + "_token").Longs, Integers(codes));
        AssertClose(name, Goldens.Array(name + "_tokenprob").Floats, Values(ofCodes), 1e-6);
    }

    [Theory]
    [InlineData(1e-20f)]
    [InlineData(1e-36f)]
    [InlineData(1e-38f)]
    [InlineData(float.Epsilon)]
    public void The_lower_the_temperature_the_surer_the_likeliest_code(float temperature)
    {
        var logits = Logits() * 10; // of a model that is sure of itself
        var likeliest = Integers(TokenSampler.Sample(logits, new SamplingOptions(), null).Codes);
        foreach (var number in new[] { 1e-6f, 0.5f, 1 - 1e-6f })
        {
            var (codes, probabilities) = TokenSampler.Sample(
                logits, new SamplingOptions { Temperature = temperature }, full_like(logits.select(-1, 0), number));
            Assert.Equal(likeliest, Integers(codes));
            Assert.All(Values(probabilities), probability => Assert.Equal(1, probability));
        }
    }

    [Fact]
    public void The_most_likely_code_is_the_references()
    {
        var (codes, probabilities) = TokenSampler.Sample(Logits(), new SamplingOptions(), null);
        Assert.Equal(Goldens.Array("samp_argmax_token").Longs, Integers(codes));
        AssertClose("samp_argmax_prob", Goldens.Array("samp_argmax_prob").Floats, Values(probabilities), 1e-6);
    }

    [Theory, MemberData(nameof(TypicalNames))]
    public void The_typical_filter_is_the_references(string name)
    {
        var numbers = Regex.Match(name, @"_m([\d.]+)_k(\d+)$").Groups;
        var filter = new TypicalFilter(
            float.Parse(numbers[1].Value, CultureInfo.InvariantCulture), int.Parse(numbers[2].Value, CultureInfo.InvariantCulture));
        AssertClose(name, Goldens.Array(name).Floats, Values(LogitFilters.Typical(Logits(), filter)), 0);
    }

    [Theory, MemberData(nameof(TopKMaskNames))]
    public void The_least_certain_are_hidden_again(string name)
    {
        var numbers = Regex.Match(name, @"_k(\d+)_t([\d.]+)$").Groups;
        var (count, temperature) =
            (int.Parse(numbers[1].Value, CultureInfo.InvariantCulture), float.Parse(numbers[2].Value, CultureInfo.InvariantCulture));
        var (probabilities, noise, expected) =
            (Goldens.Array("topkmask_probs"), Goldens.Array(name + "_gumbel").Floats, Goldens.Array(name + "_mask").Flags);
        var width = probabilities.Shape[1];
        for (var row = 0; row < probabilities.Shape[0]; row++)
        {
            // infinite: visible
            var positions = Enumerable.Range(row * width, width).Where(i => float.IsFinite(probabilities.Floats[i])).ToArray();
            var confidences = Array.ConvertAll(positions, i => MathF.Log(probabilities.Floats[i]) + temperature * noise[i]);
            var hidden = DecodingState.LeastCertain(confidences, count, SamplingMode.Upstream).Select(i => positions[i]).ToHashSet();
            Assert.Equal(expected.AsSpan(row * width, width).ToArray(), Enumerable.Range(row * width, width).Select(hidden.Contains));
        }
    }

    private static float? Argument(string name, string argument) => (float?)Goldens.Argument(name + "_probs", argument);

    private static Tensor Logits() => Tensor("samp_logits").flatten(0, 1);
}
