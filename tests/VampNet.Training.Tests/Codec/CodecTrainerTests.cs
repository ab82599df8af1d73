using System.Text.Json;
using VampNet.Model.Codec;
using VampNet.Testing;
using VampNet.Training.Codec;
using Xunit;

namespace VampNet.Training.Tests.Codec;

[NoTensorLeaks]
public sealed class CodecTrainerTests
{
    private static readonly SpectralCodecOptions s_small = new(Width: 32, EncoderBlocks: 1, DecoderBlocks: 1, PhaseBins: 16) { Codebooks = 3, CodebookSize = 64 };

    [Fact]
    public void Learns_and_keeps_its_codebooks_in_use()
    {
        using var music = new TestMusic();
        Train(music, "a", 41);
        var log = Log(music.Run("a")).ToLookup(line => line.GetProperty("kind").GetString());
        var (first, last) = (Value(log["train"].First(), "mel"), Value(log["train"].Last(), "mel"));
        Assert.True(last < 0.6 * first, $"mel loss went from {first} to {last}");
        var perplexity = Value(log["validation"].Last(), "perplexity");
        // A collapsed codebook has 1; how far above it so short a run comes (5 to 10) depends on the BLAS and its threads.
        Assert.True(perplexity > 3, $"perplexity {perplexity}");
    }

    [Fact]
    public void A_run_goes_on_from_its_checkpoint()
    {
        using var music = new TestMusic();
        Train(music, "a", 20, stopAfter: 10);
        Train(music, "a", 20);
        var starts = Log(music.Run("a")).Where(line => line.GetProperty("kind").GetString() == "start").Select(line => line.GetProperty("step").GetInt64());
        Assert.Equal([0, 10], starts);
    }

    private static void Train(TestMusic music, string run, int steps, int? stopAfter = null)
    {
        using var stop = new CancellationTokenSource();
        var setup = new TrainingSetup(music.Folder, music.Cache, ["track0.wav"], music.Run(run), "cpu")
        {
            Report = line =>
            {
                if (stopAfter is { } step && line.StartsWith($"validation step {step} ", StringComparison.Ordinal))
                    stop.Cancel();
            },
        };
        var options = new CodecTrainingOptions { Steps = steps, ContinuousSteps = 15, Batch = 4, Frames = 24, ValidateEvery = 10, LearningRate = 3e-3 };
        try
        {
            Trainings.TrainCodec(setup, s_small, options, stop.Token);
        }
        catch (OperationCanceledException) when (stopAfter is not null)
        {
            // as asked
        }
    }

    private static IEnumerable<JsonElement> Log(string run) =>
        File.ReadLines(Path.Combine(run, "log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.Clone());

    private static double Value(JsonElement line, string name) => line.GetProperty(name).GetDouble();
}
