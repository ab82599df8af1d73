using VampNet.Core;
using VampNet.Core.Prompts;
using VampNet.Core.Tokens;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Model.Transformer;
using VampNet.Testing;
using VampNet.Training.Data;
using VampNet.Training.Generators;
using VampNet.Training.Runs;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests.Generators;

[NoTensorLeaks]
public sealed class GeneratorTrainerTests
{
    private static readonly VampNetOptions s_small = new(2, 0, 32, 2, 1);

    [Fact]
    public void A_resumed_run_is_the_undisturbed_one_dropout_and_all()
    {
        using var music = new TestMusic(tracks: 2, seconds: 3);
        var package = music.CodecPackage();
        var options = new GeneratorTrainingOptions { Steps = 41, Batch = 4, Frames = 32, ValidateEvery = 30, Prompts = 0.5 };
        Train(music, package, "whole", s_small, options);
        Train(music, package, "parts", s_small, options, "train step 20 ");
        Train(music, package, "parts", s_small, options);
        TestRun.AssertSame(music.Run("whole"), music.Run("parts"));
    }

    [Theory]
    [InlineData(Precisions.Full)]
    [InlineData(Precisions.Half)]
    public void What_can_be_memorised_is(string precision)
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        TokenGrid[] riff = [TestTokens.Riff(frames: 40)];
        random.manual_seed(1); // of the initial weights; the trainer seeds the rest
        using var network = new VampNetTransformer(s_small with { Dropout = 0 });
        var options = new GeneratorTrainingOptions
        {
            Steps = 321,
            Batch = 8, // with 4, one initialisation in eight ends on a plateau
            Frames = 24,
            ValidateEvery = 321,
            LearningRate = 2e-2,
            WarmUp = 20,
            Schedule = LearningRateSchedule.Cosine,
            Precision = precision,
        };
        using (var trainer = new GeneratorTrainer(network, randn(2, 1024, 8), new TokenLibrary(riff, riff), options, CPU))
            trainer.Train(
                new RunFolder(folder.Path), new TrainingLog(folder.Path, _ => { }, TimeProvider.System), new Dictionary<string, string>(),
                default);
        var (first, last) = (TestRun.Values(folder.Path, "train", "loss")[0], TestRun.Values(folder.Path, "validation", "loss@0.3")[^1]);
        Assert.True(first > 6 && last < 0.25, $"loss went from {first} to {last}"); // chance is 6.93; label smoothing keeps it above 0.1
    }

    [Fact]
    public void A_model_of_a_package_is_trained_further_from_where_it_stands()
    {
        using var music = new TestMusic(tracks: 2, seconds: 3);
        var codec = music.CodecPackage();
        Train(music, codec, "first", s_small, new GeneratorTrainingOptions { Steps = 21, Batch = 4, Frames = 32, ValidateEvery = 21 });
        var package = Trainings.WritePackage(
            music.Run("both"), "test", "1", "none", new Dictionary<string, string>
            { [PartNames.Codec] = music.Run("codec"), [PartNames.Coarse] = music.Run("first") });
        var setup = new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run("second"), "cpu");
        var options = new GeneratorTrainingOptions { Steps = 1, Batch = 4, Frames = 32, LearningRate = 1e-9 };

        Trainings.TrainGeneratorFurther(setup, package, PartNames.Coarse, dropout: 0.25, options, default);
        var (first, second) = (package.Load(PartNames.Coarse).Weights, TestRun.Weights(music.Run("second")));
        Assert.All(first.Tensors, t => Assert.Equal(t.Value.ToFloats(), second[t.Key].ToFloats(), (a, b) => Math.Abs(a - b) < 1e-6));
        // It is as wide as the codebooks of the codec that it was trained on.
        var expected = s_small with { Dropout = 0.25, LatentDimension = new SpectralCodecOptions().CodebookDimension };
        Assert.Equal(expected, VampNetOptions.From(second.HyperParameters(), second));

        var missing = Assert.Throws<CheckpointException>(
            () => Trainings.TrainGeneratorFurther(setup, package, PartNames.Fine, 0, options, default));
        Assert.Contains("fine", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_takes_what_it_is_not_given_from_the_one_that_it_begins_with()
    {
        using var music = new TestMusic(tracks: 2, seconds: 3);
        var codec = music.CodecPackage();
        Train(music, codec, "run", s_small, new GeneratorTrainingOptions { Steps = 1, Batch = 4, Frames = 32 });
        var runs = new Dictionary<string, string> { [PartNames.Coarse] = music.Run("run") };
        var first = Trainings.WritePackage(music.Run("first"), "test", "1", "none", runs, codec).Manifest;
        var coarse = first.Parts[PartNames.Coarse] with { Temperature = 0.7f };
        var parts = new Dictionary<string, ModelPart>(first.Parts) { [PartNames.Coarse] = coarse };
        (first with { Parts = parts, Presets = [PromptPreset.All[1]] }).Write(music.Run("first"));

        var start = ModelPackage.Open(music.Run("first"));
        var second = Trainings.WritePackage(music.Run("second"), "test", "2", "none", runs, start);
        Assert.Equal("2", second.Manifest.Version);
        Assert.Equal(0.7f, second.Manifest.Parts[PartNames.Coarse].Temperature);
        Assert.Equal(codec.Sha256(PartNames.Codec), second.Sha256(PartNames.Codec));
        Assert.Equal(PromptPreset.All[1].Name, Assert.Single(second.Manifest.Presets!).Name);
    }

    private static void Train(
        TestMusic music, ModelPackage package, string run, VampNetOptions model, GeneratorTrainingOptions options, string? stopAt = null) =>
        TestRun.UpTo(
            stopAt,
            new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run(run), "cpu"),
            (setup, stop) => Trainings.TrainGenerator(setup, package, model, options, stop));
}
