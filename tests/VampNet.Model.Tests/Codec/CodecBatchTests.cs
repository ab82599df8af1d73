using FsCheck;
using FsCheck.Fluent;
using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Codec;

/// <summary>What becomes of a window does not depend on those that go with it.</summary>
[Collection(TorchTests.Name)]
[NoTensorLeaks]
public class CodecBatchTests
{
    private const int Cases = 10;

    // What convolutions of another algorithm change, next to samples of at most 1.
    private const float Rounding = 1e-3f;

    /// <summary>A window to encode: its length, what of it is wanted, and what it holds.</summary>
    private sealed record Request(int Frames, int Skip, int Count, int Seed);

    private static readonly FsCheck.Gen<Request> Requests =
        from frames in Gen.OneOf(Gen.Choose(1, 4), Gen.Elements(16, 40))
        from skip in Gen.Choose(0, frames - 1)
        from count in Gen.Choose(1, frames - skip)
        from seed in Gen.Choose(0, 1_000)
        select new Request(frames, skip, count, seed);

    [Theory]
    [InlineData("convolutional")]
    [InlineData("spectral")]
    public void Windows_come_out_the_same_alone_and_in_any_batch(string which)
    {
        using var codec = Codec(which);
        Prop.ForAll(Requests.NonEmptyListOf().Resize(8).ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), (requests, most) =>
            Batches(requests, most).All(batch =>
                codec.Encode([.. batch.Select(request => Audio(codec, request))])
                    .Zip(batch, (tokens, request) => Same(tokens, codec.Encode([Audio(codec, request)])[0])).All(same => same)
                && codec.Decode([.. batch.Select(request => Tokens(codec, request))])
                .Zip(batch, (audio, request) => audio.AsSpan().SequenceEqual(codec.Decode([Tokens(codec, request)])[0])).All(same => same)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Cases));
    }

    /// <summary>As on other devices than a CPU.</summary>
    [Theory]
    [InlineData("convolutional")]
    [InlineData("spectral")]
    public void One_pass_for_all_comes_to_the_same_but_for_rounding(string which)
    {
        using var alone = Codec(which);
        using var together = Codec(which, sharesPasses: true);
        Request[] requests = [new(40, 5, 30, 1), new(40, 0, 40, 2), new(40, 39, 1, 3)];
        var tokens = together.Encode([.. requests.Select(request => Audio(together, request))]);
        var audio = together.Decode([.. requests.Select(request => Tokens(together, request))]);
        for (var i = 0; i < requests.Length; i++)
        {
            Assert.Equal(alone.Encode([Audio(alone, requests[i])])[0].Data.ToArray(), tokens[i].Data.ToArray());
            var expected = alone.Decode([Tokens(alone, requests[i])])[0];
            Assert.Equal(expected.Length, audio[i].Length);
            Assert.All(expected.Zip(audio[i]), pair => Assert.Equal(pair.First, pair.Second, Rounding));
        }
    }

    [Fact]
    public void Tokens_and_samples_of_the_shipped_codec_are_the_same_with_any_number_of_threads()
    {
        var threads = get_num_threads();
        try
        {
            using var codec = ModelLoader.LoadCodec(ModelPackage.Open(Path.Combine(Repository.Root, "weights", "vampnet-mini")), "cpu");
            var request = new Request(200, 30, 140, 1);
            var runs = new List<(ushort[] Tokens, float[] Samples)>();
            foreach (var count in new[] { 1, 2, 3, 4 })
            {
                set_num_threads(count);
                runs.Add((codec.Encode([Audio(codec, request)])[0].Data.ToArray(), codec.Decode([Tokens(codec, request)])[0]));
            }
            Assert.All(runs, run => Assert.Equal(runs[0].Tokens, run.Tokens));
            Assert.All(runs, run => Assert.Equal(runs[0].Samples, run.Samples));
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Windows_of_different_sizes_do_not_go_together()
    {
        using var codec = Codec("convolutional");
        Assert.Throws<ArgumentException>(() => codec.Encode([Audio(codec, new(2, 0, 1, 1)), Audio(codec, new(3, 0, 1, 1))]));
        Assert.Throws<ArgumentException>(() => codec.Decode([Tokens(codec, new(2, 0, 1, 1)), Tokens(codec, new(3, 0, 1, 1))]));
    }

    /// <summary>Those of one length, in the order in which they come, so many at most.</summary>
    private static IEnumerable<Request[]> Batches(IEnumerable<Request> requests, int most) =>
        requests.GroupBy(request => request.Frames).SelectMany(group => group.Chunk(most));

    private static TokenCodec Codec(string which, bool sharesPasses = false)
    {
        using var frozen = no_grad();
        CodecNetwork network = which == "spectral"
            ? new SpectralCodec(new SpectralCodecOptions
            {
                Width = 24,
                EncoderBlocks = 1,
                DecoderBlocks = 1,
                Window = 192,
                LowWindow = 384,
                Hop = 64,
                Codebooks = 3,
                CoarseCodebooks = 2,
            })
            : GoldenModels.Codec();
        foreach (var parameter in network.parameters().Where(_ => which == "spectral"))
            Fill(parameter);
        return new TokenCodec(network, CPU) { SharesPasses = sharesPasses };
    }

    /// <summary>The same weights every time.</summary>
    private static void Fill(Tensor parameter)
    {
        using var scope = NewDisposeScope();
        var random = new Random((int)parameter.numel());
        parameter.copy_(
            tensor([.. Enumerable.Range(0, (int)parameter.numel()).Select(_ => (float)(random.NextDouble() - 0.5))], parameter.shape));
    }

    private static EncodeWindow Audio(TokenCodec codec, Request request)
    {
        var random = new Random(request.Seed);
        float[] samples = [.. Enumerable.Range(0, request.Frames * codec.Hop).Select(_ => (float)(random.NextDouble() - 0.5))];
        // the last frame may be short
        return new EncodeWindow(samples.AsMemory(0, samples.Length - request.Seed % codec.Hop), request.Skip, request.Count);
    }

    private static DecodeWindow Tokens(TokenCodec codec, Request request)
    {
        var random = new Random(request.Seed);
        ushort[] tokens = [.. Enumerable.Range(0, request.Frames * codec.Codebooks).Select(_ => (ushort)random.Next(TokenGrid.Vocabulary))];
        return new DecodeWindow(new TokenGrid(codec.Codebooks, request.Frames, tokens), request.Skip, request.Count);
    }

    private static bool Same(TokenGrid a, TokenGrid b) => a.Data.SequenceEqual(b.Data);
}
