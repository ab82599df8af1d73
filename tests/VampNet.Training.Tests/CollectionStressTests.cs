using System.Diagnostics;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Model.Sampling;
using VampNet.Model.Transformer;
using VampNet.Testing;
using VampNet.Training.Data;
using VampNet.Training.Generators;
using VampNet.Training.Runs;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Training.Tests;

/// <summary>
/// Nothing that native code still reads may be freed: the same work, while another thread collects garbage and waits for finalizers
/// without a pause, gives the same result. (An unsafe sum of tensors fails here within seconds.)
/// </summary>
public sealed class CollectionStressTests
{
    private const int Short = 10, Long = 60; // seconds

    [Fact]
    public void Generation_survives_collections() => Stress(Short, Generation());

    [Fact]
    public void Codec_survives_collections() => Stress(Short, Codec());

    [Fact]
    public void Training_survives_collections() => Stress(Short, Training());

    [Fact]
    [Trait("Category", "Host")]
    public void Generation_survives_collections_for_a_minute() => Stress(Long, Generation());

    [Fact]
    [Trait("Category", "Host")]
    public void Codec_survives_collections_for_a_minute() => Stress(Long, Codec());

    [Fact]
    [Trait("Category", "Host")]
    public void Training_survives_collections_for_a_minute() => Stress(Long, Training());

    /// <summary>Compares what the work gives to what it gave undisturbed, as long as there is time.</summary>
    private static void Stress(int seconds, Func<byte[]> work)
    {
        var expected = work();
        using var end = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!end.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            var clock = Stopwatch.StartNew();
            do
                Assert.Equal(expected, work());
            while (clock.Elapsed.TotalSeconds < seconds);
        }
        finally
        {
            end.Cancel();
            collector.Join();
        }
    }

    private static Func<byte[]> Generation()
    {
        random.manual_seed(1);
        using var scope = NewDisposeScope();
        var network = new VampNetTransformer(new VampNetOptions(4, 0, 32, 2, 2));
        var generator = new TokenGenerator(network, randn(4, 1024, 8), windowFrames: 40, CPU);
        var hidden = new TokenGrid(4, 40, [.. Enumerable.Repeat(TokenGrid.Mask, 160)]);
        var options = new SamplingOptions { Steps = 4, TopK = 100, TopP = 0.9f, Typical = new TypicalFilter(0.9f, 2), Temperature = 0.8f };
        return () => Bytes(generator.Generate(hidden, options, seed: 3, null, default).Data.ToArray());
    }

    private static Func<byte[]> Codec()
    {
        random.manual_seed(2);
        var codec = new TokenCodec(new SpectralCodec(new SpectralCodecOptions(Width: 32, EncoderBlocks: 1, DecoderBlocks: 1)), CPU);
        var noise = new Random(3);
        var audio = Enumerable.Range(0, 20 * 768).Select(_ => noise.NextSingle() - 0.5f).ToArray();
        return () => Bytes(codec.Decode(codec.Encode(audio)));
    }

    private static Func<byte[]> Training() => () =>
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        random.manual_seed(4);
        TokenGrid[] riff = [TestTokens.Riff(frames: 40)];
        using var network = new VampNetTransformer(new VampNetOptions(2, 0, 32, 2, 1));
        var options = new GeneratorTrainingOptions { Steps = 12, Batch = 2, Frames = 16, ValidateEvery = 6 };
        using (var trainer = new GeneratorTrainer(network, randn(2, 1024, 8), new TokenLibrary(riff, riff), options, CPU))
            trainer.Train(
                new RunFolder(folder.Path), new TrainingLog(folder.Path, _ => { }, TimeProvider.System), new Dictionary<string, string>(),
                default);
        return [.. network.parameters().SelectMany(parameter => parameter.bytes.ToArray())];
    };

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(values).ToArray();
}
