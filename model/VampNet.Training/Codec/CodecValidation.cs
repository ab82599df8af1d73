using VampNet.Model.Codec;
using VampNet.Training.Data;
using VampNet.Training.Losses;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Codec;

/// <summary>Measures a codec on excerpts of held-out tracks: the same ones every time.</summary>
public sealed class CodecValidation : IDisposable
{
    private const int MostExcerpts = 24;
    private const double Seconds = 4;
    private readonly CodecNetwork _network;
    private readonly MelError _error;
    private readonly Tensor _audio; // (excerpts, samples)

    public CodecValidation(CodecNetwork network, IReadOnlyList<Track> heldOut, Device device)
    {
        _network = network;
        _error = new MelError(network.SampleRate);
        var length = (int)(Seconds * network.SampleRate) / network.Hop * network.Hop;
        var count = (int)Math.Clamp(heldOut.Sum(t => t.Samples) / length, 1, MostExcerpts);
        var samples = new float[count * length];
        var i = 0;
        foreach (var (track, start) in new Excerpts([.. heldOut.Select(t => t.Samples)]).Spread(count, length))
            heldOut[track].Read(start, samples.AsSpan(i++ * length, length));
        _audio = tensor(samples, [count, length], device: device).DetachFromDisposeScope();
    }

    private int Codebooks => _network.Quantizer.Quantizers.Count;

    /// <summary>Figures with all, 4 and 1 codebooks: how training comes along.</summary>
    public IReadOnlyList<(string Name, double Value)> MeasureSome() => Measure([.. new[] { Codebooks, 4, 1 }.Where(books => books <= Codebooks).Distinct()]);

    /// <summary>Figures with every number of codebooks: whether each of them earns its bits.</summary>
    public IReadOnlyList<(string Name, double Value)> MeasureEvery() => Measure([.. Enumerable.Range(1, Codebooks)]);

    /// <summary>Mel error and signal-to-noise ratio with so many leading codebooks, and how much of each codebook is used.</summary>
    private List<(string Name, double Value)> Measure(int[] codebooks)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        _network.eval();
        var codes = _network.Quantizer.Quantize(_network.Encode(_audio)).Codes;
        var results = new List<(string, double)>();
        foreach (var books in codebooks)
        {
            using var inner = NewDisposeScope();
            var decoded = _network.Decode(_network.Quantizer.FromCodes(codes.narrow(1, 0, books)));
            var (wide, narrow) = _error.Compute(_audio.cpu(), decoded.cpu());
            var noise = (_audio - decoded).Squared().sum().Number();
            results.AddRange([($"mel2048@{books}", wide), ($"mel512@{books}", narrow), ($"snr@{books}", 10 * Math.Log10(_audio.Squared().sum().Number() / noise))]);
        }
        results.Add(("perplexity", Enumerable.Range(0, (int)codes.size(1)).Average(c => Perplexity(codes.select(1, c).Elements<long>()))));
        return results;
    }

    public void Dispose()
    {
        _error.Dispose();
        _audio.Dispose();
    }

    /// <summary>e to the entropy of the codes: how many entries are in effective use.</summary>
    private static double Perplexity(long[] codes) =>
        Math.Exp(codes.CountBy(code => code).Sum(c => -(double)c.Value / codes.Length * Math.Log((double)c.Value / codes.Length)));
}
