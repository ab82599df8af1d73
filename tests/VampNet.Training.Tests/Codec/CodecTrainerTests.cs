using VampNet.Core;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Testing;
using VampNet.Training.Codec;
using VampNet.Training.Runs;
using Xunit;

namespace VampNet.Training.Tests.Codec;

[NoTensorLeaks]
public sealed class CodecTrainerTests
{
    private static readonly ConvolutionalCodecOptions s_dac = ConvolutionalCodecOptions.OfWidth(
        2) with
    { Codebooks = 2, CodebookSize = 64 };
    private static readonly SpectralCodecOptions s_small = new(
        Width: 32, EncoderBlocks: 1, DecoderBlocks: 1)
    { Codebooks = 3, CodebookSize = 64, CoarseCodebooks = 2 };

    [Fact]
    public void Learns_and_keeps_its_codebooks_in_use()
    {
        using var music = new TestMusic();
        Train(music, "a", new CodecTrainingOptions { Steps = 201, ContinuousSteps = 15, Batch = 4 });
        var bands = TestRun.Values(music.Run("a"), "train", "bands");
        Assert.True(bands[^1] < 0.6 * bands[0], $"mel loss went from {bands[0]} to {bands[^1]}");
        var perplexity = TestRun.Values(music.Run("a"), "validation", "perplexity")[^1];
        // A collapsed codebook has 1; how far above it so short a run comes (5 to 10) depends on the BLAS and its threads.
        Assert.True(perplexity > 3, $"perplexity {perplexity}");
    }

    [Fact]
    public void The_codebooks_of_the_outline_stay_the_clusters_that_they_began_as()
    {
        using var music = new TestMusic();
        foreach (var (run, steps) in new[] { ("begun", 7), ("further", 61) }) // past the first revival of dead entries
            Train(music, run, new CodecTrainingOptions { Steps = steps, ContinuousSteps = 5, Batch = 2 });
        var (begun, further) =
            (TestRun.Weights(music.Run("begun"), RunFolder.ModelFile), TestRun.Weights(music.Run("further"), RunFolder.ModelFile));
        foreach (var (name, tensor) in begun.Tensors.Where(t => t.Key.StartsWith("quantizer.", StringComparison.Ordinal)))
        {
            var ofOutline = !name.StartsWith("quantizer.quantizers.2.", StringComparison.Ordinal); // the first two are
            Assert.True(ofOutline == tensor.Data.Span.SequenceEqual(further[name].Data.Span), name);
        }
    }

    [Fact]
    public void A_resumed_run_is_the_undisturbed_one()
    {
        using var music = new TestMusic();
        // Dead entries are revived at step 55: their counts must survive the stop at step 21.
        var options = new CodecTrainingOptions { Steps = 61, ContinuousSteps = 5, ValidateEvery = 61, Batch = 2 };
        AssertResumes(music, (run, stopAt) => Train(music, run, options, stopAt));
    }

    [Fact]
    public void A_resumed_run_with_adversarial_losses_is_the_same_too()
    {
        using var music = new TestMusic();
        var options = new CodecTrainingOptions
        {
            Steps = 23,
            ContinuousSteps = 3,
            ValidateEvery = 23,
            Batch = 2,
            Adversarial = new AdversarialOptions { From = 5, Scale = 0.03 },
        };
        AssertResumes(music, (run, stopAt) => TrainDac(music, run, options, stopAt));
        var (whole, parts) =
            (TestRun.Weights(music.Run("whole"), "discriminators.safetensors"),
            TestRun.Weights(music.Run("parts"), "discriminators.safetensors"));
        Assert.All(whole.Tensors, t => Assert.True(t.Value.Data.Span.SequenceEqual(parts[t.Key].Data.Span), t.Key));
    }

    [Fact]
    public void A_codec_in_the_shape_of_dac_learns_and_makes_a_package()
    {
        using var music = new TestMusic();
        var setup = new TrainingSetup(music.Folder, music.Cache, [], music.Run("dac"), "cpu");
        Assert.Equal(768, s_dac.Hop);
        Trainings.TrainCodec(setup, s_dac, new CodecTrainingOptions
        {
            Steps = 21,
            ContinuousSteps = 10,
            Batch = 2,
            Frames = 16,
            LearningRate = 3e-3,
        }, default);
        var mel = TestRun.Values(music.Run("dac"), "train", "mel");
        Assert.True(mel[^1] < mel[0], $"mel loss went from {mel[0]} to {mel[^1]}");

        var package = Trainings.WritePackage(
            music.Run("package"), "test", "1", "none", new Dictionary<string, string> { [PartNames.Codec] = music.Run("dac") });
        using var codec = ModelLoader.LoadCodec(package, "cpu");
        Assert.Equal(5, codec.Encode(new float[5 * 768]).Frames);
    }

    [Fact]
    public void The_decoder_alone_learns_and_tokens_stay_what_they_are()
    {
        using var music = new TestMusic();
        var before = music.CodecPackage();
        var setup = new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run("decoder"), "cpu");
        var options = new CodecTrainingOptions { Steps = 41, Batch = 4, Frames = 24, LearningRate = 3e-3 };
        Trainings.TrainDecoder(setup, before, options, default);
        var mel = TestRun.Values(music.Run("decoder"), "train", "mel");
        Assert.True(mel[^1] < 0.8 * mel[0], $"mel loss went from {mel[0]} to {mel[^1]}");

        var after = Trainings.WritePackage(
            music.Run("after"), "test", "2", "none", new Dictionary<string, string> { [PartNames.Codec] = music.Run("decoder") });
        var (trained, changed) = (after.Load(PartNames.Codec).Weights, new List<string>());
        foreach (var (name, tensor) in before.Load(PartNames.Codec).Weights.Tensors)
        {
            if (!tensor.Data.Span.SequenceEqual(trained[name].Data.Span))
                changed.Add(name);
        }
        Assert.Contains("head.weight", changed);
        Assert.All(changed, name => Assert.True(CodecNetwork.IsDecoders(name), name));
    }

    [Fact]
    public void One_that_begins_with_the_weights_of_another_takes_what_fits_and_keeps_the_first_codebook()
    {
        using var music = new TestMusic();
        Train(music, "first", new CodecTrainingOptions { Steps = 7, ContinuousSteps = 5, Batch = 2 });
        var package = Trainings.WritePackage(
            music.Run("package"), "test", "1", "none", new Dictionary<string, string> { [PartNames.Codec] = music.Run("first") });
        var setup = new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run("second"), "cpu");
        var options = new CodecTrainingOptions { Steps = 2, ContinuousSteps = 1, Batch = 2, Frames = 24, LearningRate = 1e-9 };
        Trainings.TrainCodec(setup, s_small with { CourseBands = 4 }, package, options, default);
        var (first, second) =
            (package.Load(PartNames.Codec).Weights, TestRun.Weights(music.Run("second"), RunFolder.ModelFile).As(ElementType.BF16));
        Assert.Equal([16, 36, 1], second["quantizer.quantizers.1.in_proj.weight_v"].Shape);
        // Clusters of what nobody taught, of the same music in the same order, and weights that were hardly taught any further.
        foreach (var name in new[] { "quantizer.quantizers.0.codebook.weight", "head.weight", "decoder.0.up.weight" })
            Assert.True(first[name].Data.Span.SequenceEqual(second[name].Data.Span), name);
        Assert.False(first["quantizer.quantizers.2.codebook.weight"].Data.Span.SequenceEqual(
            second["quantizer.quantizers.2.codebook.weight"].Data.Span));
    }

    [Theory]
    [InlineData(32, 5)] // bands that are not equal
    [InlineData(32, -4)]
    [InlineData(36, 0)] // not the same number of bands in every octave
    public void Sizes_that_make_no_codec_are_refused(int width, int courseBands)
    {
        using var music = new TestMusic();
        var setup = new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run("none"), "cpu");
        var error = Assert.Throws<InvalidDataException>(() => Trainings.TrainCodec(
            setup, s_small with { Width = width, CourseBands = courseBands }, null, new CodecTrainingOptions(), default));
        Assert.Contains($"CourseBands = {courseBands}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_judged_by_its_sound_gets_better_by_it_and_resumes_exactly()
    {
        using var music = new TestMusic();
        var options = new CodecTrainingOptions { Steps = 61, ContinuousSteps = 5, MagnitudeSteps = 10, ValidateEvery = 61, Batch = 2 };
        AssertResumes(music, (run, stopAt) => Train(music, run, options, stopAt));
        var mel = TestRun.Log(music.Run("whole"), "train").Where(line => line.TryGetProperty("mel", out _))
            .Select(line => line.GetProperty("mel").GetDouble()).ToArray();
        Assert.True(mel[^1] < 0.9 * mel[0], $"mel loss went from {mel[0]} to {mel[^1]}");
    }

    /// <summary>A run that is stopped after step 20 and goes on is the one that nobody stopped.</summary>
    /// <param name="train">a run, up to a line of its progress; null = to its end</param>
    private static void AssertResumes(TestMusic music, Action<string, string?> train)
    {
        train("whole", null);
        train("parts", "train step 20 ");
        train("parts", null);
        TestRun.AssertSame(music.Run("whole"), music.Run("parts"));
    }

    private static void TrainDac(TestMusic music, string run, CodecTrainingOptions options, string? stopAt = null) => TestRun.UpTo(
        stopAt,
        new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run(run), "cpu"),
        (setup, stop) => Trainings.TrainCodec(setup, s_dac, options with { Frames = 24 }, stop));

    private static void Train(TestMusic music, string run, CodecTrainingOptions options, string? stopAt = null) => TestRun.UpTo(
        stopAt,
        new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run(run), "cpu"),
        (setup, stop) => Trainings.TrainCodec(setup, s_small, null, options with { Frames = 24, LearningRate = 3e-3 }, stop));
}
