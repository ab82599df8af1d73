using VampNet.Core;
using VampNet.Model.Beats;
using VampNet.Model.Beats.WaveBeat;
using VampNet.Model.Packages;
using VampNet.Testing;
using VampNet.Training.Beats;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests.Beats;

[NoTensorLeaks]
public sealed class BeatTrainerTests
{
    private static readonly WaveBeatOptions s_small = new() { Width = 4, WidthGrowth = 2 };

    [Fact]
    public void A_resumed_run_is_the_undisturbed_one_and_its_result_is_a_part_of_a_package()
    {
        using var folder = new TemporaryFolder();
        string Run(string name) => Path.Combine(folder.Path, name);
        var options = new BeatTrainingOptions { Steps = 24, Batch = 2, Seconds = 3, ValidateEvery = 24, LearningRate = 1e-2 };
        void Train(string run, string? stopAt = null) =>
            TestRun.UpTo(
                stopAt, new TrainingSetup("", "", [], Run(run), "cpu"),
                (setup, stop) => Trainings.TrainBeats(setup, s_small, options, stop));

        Train("whole");
        Train("parts", "train step 20 ");
        Train("parts");
        TestRun.AssertSame(Run("whole"), Run("parts"));
        var losses = TestRun.Values(Run("whole"), "train", "loss");
        Assert.True(losses[^1] < 0.8 * losses[0], $"loss went from {losses[0]} to {losses[^1]}");

        var package = Trainings.WritePackage(
            Run("package"), "test", "1", "none", new Dictionary<string, string> { [PartNames.Beats] = Run("whole") });
        using var tracker = ModelLoader.LoadBeatTracker(package, "cpu");
        Assert.NotEmpty(tracker.Track(RandomSong.Play(5, 4, 22_050).Audio).BeatTimes);
    }

    [Fact]
    public void One_song_can_be_memorised()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        const int steps = 120, songSeed = 3;
        using var network = new WaveBeatNetwork(s_small with { Width = 8, WidthGrowth = 4 });
        using var trainer = new BeatTrainer(
            network, new BeatTrainingOptions { Steps = steps, Batch = 1, Seconds = 4, LearningRate = 1e-2 }, CPU);
        var song = RandomSong.Play(songSeed, 4, 22_050);
        var losses = Enumerable.Range(0, steps).Select(step => trainer.Learn(step, [song]).Loss).ToArray();
        Assert.True(losses[^1] < 0.1 && losses[0] > 0.5, $"loss went from {losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void The_loss_is_that_of_beats_and_of_all_else_squared()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new float[] { 0, 2, -1, 3, 1, 0 }, [1, 2, 3]);
        var target = tensor(new float[] { 1, 0, 0, 0, 0, 0 }, [1, 2, 3]); // no downbeat at all
        double Softplus(double x) => Math.Log(1 + Math.Exp(x));
        var (with, without, down) = (Softplus(0), (Softplus(2) + Softplus(-1)) / 2, (Softplus(3) + Softplus(1) + Softplus(0)) / 3);
        Assert.Equal(with * with + without * without + down * down, BeatLoss.Compute(logits, target).item<float>(), 1e-4);
    }

    [Fact]
    public void Norms_learn_the_statistics_of_what_they_see()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var norm = new BatchNorm(2);
        var x = randn(4, 2, 500) * 3 + 5;
        var normalised = norm.forward(x);
        Assert.Equal(0, normalised.mean().item<float>(), 1e-3);
        Assert.Equal(1, normalised.std().item<float>(), 1e-2);
        for (var i = 0; i < 60; i++)
            norm.forward(x);
        norm.eval();
        Assert.Equal(0, (norm.forward(x) - normalised).abs().max().item<float>(), 2e-2);
    }
}
