using TorchSharp;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Transformer;
using VampNet.Testing;
using VampNet.Training.Codec;
using VampNet.Training.Generators;
using Xunit;

namespace VampNet.Training.Tests.Generators;

[NoTensorLeaks]
public sealed class GeneratorTrainerTests
{
    private static readonly VampNetOptions s_small = new(2, 0, 32, 2, 1) { Dropout = 0 };

    [Fact]
    public void Learns_from_tokens_of_a_packages_codec_and_resumes_exactly()
    {
        using var music = new TestMusic(tracks: 2, seconds: 3);
        var package = TrainCodecPackage(music);

        Train(music, package, "whole", 40, int.MaxValue);
        Train(music, package, "parts", 40, stopAfter: 20);
        Train(music, package, "parts", 40, int.MaxValue);

        var (whole, parts) = (Weights(music, "whole"), Weights(music, "parts"));
        Assert.All(whole.Tensors, t => Assert.Equal(t.Value.ToFloats(), parts[t.Key].ToFloats()));

        var losses = File.ReadLines(Path.Combine(music.Run("whole"), "log.jsonl")).Where(l => l.Contains("\"train\"", StringComparison.Ordinal))
            .Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty("loss").GetDouble()).ToArray();
        Assert.True(losses[^1] < losses[0] - 0.3, $"loss went from {losses[0]} to {losses[^1]}");
    }

    private static ModelPackage TrainCodecPackage(TestMusic music)
    {
        var setup = new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run("codec"), "cpu");
        var codec = new SpectralCodecOptions(Width: 32, EncoderBlocks: 1, DecoderBlocks: 1, PhaseBins: 16) { Codebooks = 2 };
        Trainings.TrainCodec(setup, codec, new CodecTrainingOptions { Steps = 3, ContinuousSteps = 2, Batch = 2, Frames = 32 }, default);
        return Trainings.WritePackage(music.Run("package"), "test", "1", "none", new Dictionary<string, string> { [PartNames.Codec] = music.Run("codec") });
    }

    private static void Train(TestMusic music, ModelPackage package, string run, int steps, int stopAfter)
    {
        using var stop = new CancellationTokenSource();
        var setup = new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run(run), "cpu")
        {
            Report = line =>
            {
                if (line.StartsWith($"validation step {stopAfter} ", StringComparison.Ordinal))
                    stop.Cancel();
            },
        };
        try
        {
            Trainings.TrainGenerator(setup, package, s_small, new GeneratorTrainingOptions { Steps = steps, Batch = 4, Frames = 32, ValidateEvery = 20, LearningRate = 1e-2 }, stop.Token);
        }
        catch (OperationCanceledException) when (stopAfter < steps)
        {
            // as asked
        }
    }

    private static TensorTable Weights(TestMusic music, string run) => Safetensors.Read(Path.Combine(music.Run(run), "checkpoint", "model.safetensors"));
}
