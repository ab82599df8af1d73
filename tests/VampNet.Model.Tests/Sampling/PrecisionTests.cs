using VampNet.Core;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Packages;
using VampNet.Model.Sampling;
using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Sampling;

[Collection(TorchTests.Name)]
[NoTensorLeaks]
public sealed class PrecisionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Bfloat16_computes_the_same_function_roughly_and_is_as_repeatable()
    {
        var package = CheckpointConverter.BuildPackage(
            new PackageSources
            {
                Name = "tiny",
                Version = "1.0.0",
                Licence = "CC0-1.0",
                Codec = Goldens.File("codec_tiny.pth"),
                Coarse = Goldens.File("coarse_tiny.pth"),
            }, _folder.Path);
        using var full = ModelLoader.LoadGenerator(package, PartNames.Coarse, "cpu");
        using var half = ModelLoader.LoadGenerator(package, PartNames.Coarse, "cpu", Precisions.Half);
        var tokens = new TokenGrid(
            4, 48, [.. Enumerable.Range(0, 4 * 48).Select(i => (ushort)(i % 3 == 0 ? i * 5 % 1024 : TokenGrid.Mask))]);
        var greedy = new SamplingOptions { Steps = 1, SampleCutoff = -1, MaskTemperature = 0 };

        var (expected, actual) = (full.Generate(tokens, greedy, 1, null, default), half.Generate(tokens, greedy, 1, null, default));
        var agreed = Enumerable.Range(0, tokens.Data.Length).Count(i => expected.Data[i] == actual.Data[i]);
        Assert.InRange(agreed, tokens.Data.Length / 2, tokens.Data.Length - 1); // chance agrees on a third, which is visible

        var drawn = half.Generate(tokens, new SamplingOptions { Steps = 3 }, 7, null, default);
        Assert.Equal(drawn.Data, half.Generate(tokens, new SamplingOptions { Steps = 3 }, 7, null, default).Data);
        Assert.False(drawn.HasMask);
        for (var i = 0; i < tokens.Data.Length; i++)
            Assert.True(tokens.Data[i] == TokenGrid.Mask || tokens.Data[i] == drawn.Data[i]);
    }

    [Fact]
    public void An_unknown_precision_is_refused() => Assert.Throws<ArgumentException>(() => Precisions.Resolve("float8", "cpu"));
}
