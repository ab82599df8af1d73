using VampNet.Core;
using VampNet.Model.Packages;
using VampNet.Model.Transformer;
using VampNet.Testing;
using VampNet.Training.Generators;
using Xunit;

namespace VampNet.Training.Tests;

[NoTensorLeaks]
public sealed class MeasureTests
{
    [Fact]
    public void Every_part_that_a_package_has_is_measured()
    {
        using var music = new TestMusic(tracks: 2, seconds: 5);
        var setup = new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run("coarse"), "cpu");
        var codec = music.CodecPackage();
        Assert.Equal([PartNames.Codec], Measured(codec));
        Assert.Empty(Directory.GetDirectories(music.Cache, "tokens-*")); // nobody needed them

        Trainings.TrainGenerator(
            setup, codec, new VampNetOptions(2, 0, 16, 2, 1), new GeneratorTrainingOptions { Steps = 1, Batch = 2, Frames = 32 }, default);
        var runs = new Dictionary<string, string> { [PartNames.Codec] = music.Run("codec"), [PartNames.Coarse] = music.Run("coarse") };
        Assert.Equal([PartNames.Codec, PartNames.Coarse], Measured(Trainings.WritePackage(music.Run("both"), "test", "1", "none", runs)));

        string[] Measured(ModelPackage package) => [.. Trainings.Measure(setup, package, sequences: 2, default).Select(measured =>
        {
            Assert.NotEmpty(measured.Figures);
            Assert.All(measured.Figures, figure => Assert.True(double.IsFinite(figure.Value), figure.Name));
            return measured.Part;
        })];
    }

    [Fact]
    public void Without_a_held_out_track_there_is_nothing_to_measure_with()
    {
        using var music = new TestMusic(tracks: 2, seconds: 2);
        var setup = new TrainingSetup(music.Folder, music.Cache, [], music.Run("none"), "cpu");
        var error = Assert.Throws<InvalidDataException>(() => Trainings.Measure(setup, music.CodecPackage(), 2, default).ToArray());
        Assert.Contains("held out", error.Message, StringComparison.Ordinal);
    }
}
