using VampNet.Testing;
using VampNet.Training.Codec;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests.Codec;

[NoTensorLeaks]
public sealed class AdversaryTests
{
    private static readonly AdversarialOptions s_small = new() { Scale = 0.04, LearningRate = 1e-2 };

    [Fact]
    public void Discriminators_learn_to_tell_two_sounds_apart()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var adversary = new Adversary(s_small, steps: 1000, CPU);
        var (real, fake) = (Tone(), rand(2, 3072) - 0.5);
        var first = adversary.Learn(0, real, fake);
        var last = Enumerable.Range(1, 35).Select(step => adversary.Learn(step, real, fake)).ToArray()[^1];
        Assert.True(first > 5 && last < 1, $"went from {first} to {last}"); // 8 discriminators, 1 each where they know nothing
    }

    [Fact]
    public void Judging_teaches_the_fake_and_not_the_judges()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var adversary = new Adversary(s_small, steps: 1000, CPU);
        var (real, fake) = (Tone(), (rand(2, 3072) - 0.5).requires_grad_());
        for (var step = 0; step < 10; step++)
            adversary.Learn(step, real, fake);
        var before = Weights(adversary);
        var judged = adversary.Judge(real, fake);
        judged.backward();
        Assert.True(fake.grad!.abs().sum().item<float>() > 0);
        Assert.Equal(before, Weights(adversary));
        Assert.True(adversary.Judge(real, real).item<float>() < judged.item<float>());
        Assert.True(adversary.Learn(10, real, fake) > 0); // and they go on learning
        Assert.NotEqual(before, Weights(adversary));
    }

    [Fact]
    public void They_have_the_published_size_at_scale_1()
    {
        using var scope = NewDisposeScope();
        using var period = new PeriodDiscriminator(2, 1);
        using var spectrum = new SpectrumDiscriminator(1024, 1);
        // Counted from the description in Kumar et al. 2023 and its code: weights as direction and length, biases.
        Assert.Equal(Period(), period.parameters().Sum(p => p.NumberOfElements));
        Assert.Equal(5 * Band() + Layer(32, 1, 9), spectrum.parameters().Sum(p => p.NumberOfElements));

        static long Layer(int inputs, int outputs, int kernel) => (long)inputs * outputs * kernel + 2 * outputs;
        static long Period() =>
            Layer(1, 32, 5) + Layer(32, 128, 5) + Layer(128, 512, 5) + Layer(512, 1024, 5) + Layer(1024, 1024, 5) + Layer(1024, 1, 3);
        static long Band() => Layer(2, 32, 27) + 3 * Layer(32, 32, 27) + Layer(32, 32, 9);
    }

    private static Tensor Tone() => (arange(3072, float32) * 0.05f).sin().unsqueeze(0).repeat(2, 1);

    private static byte[] Weights(Adversary adversary)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "weights");
        adversary.Kept.First().Save(path);
        return File.ReadAllBytes(path);
    }
}
