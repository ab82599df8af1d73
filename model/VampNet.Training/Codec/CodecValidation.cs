using VampNet.Model.Codec;
using VampNet.Model.Layers;
using VampNet.Training.Data;
using VampNet.Training.Losses;
using VampNet.Training.Measures;
using static TorchSharp.torch;

namespace VampNet.Training.Codec;

/// <summary>Measures a codec on excerpts of held-out tracks: the same ones every time.</summary>
public sealed class CodecValidation : IDisposable
{
    private const int MostExcerpts = 24, ExcerptsAtOnce = 4;
    private const double Seconds = 4;
    private static readonly int[] s_registers = [48, 60, 72]; // MIDI numbers of the scales' first notes
    private readonly CodecNetwork _network;
    private readonly MelError _error;
    private readonly Tensor _audio; // (excerpts, samples)
    private readonly RenderedPiece[] _scales; // 48 notes, in three octaves

    public CodecValidation(CodecNetwork network, IReadOnlyList<Track> heldOut, Device device)
    {
        _network = network;
        _error = new MelError(network.SampleRate);
        _scales = [.. s_registers.Select(lowest => RenderedPiece.MajorScale(lowest, network.SampleRate))];
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
    public IReadOnlyList<(string Name, double Value)> MeasureSome() =>
        Measure([.. new[] { Codebooks, 4, 1 }.Where(books => books <= Codebooks).Distinct()]);

    /// <summary>Figures with every number of codebooks: whether each of them earns its bits.</summary>
    public IReadOnlyList<(string Name, double Value)> MeasureEvery() => Measure([.. Enumerable.Range(1, Codebooks)]);

    /// <summary>Mel error and signal-to-noise ratio with so many leading codebooks, and how much of each codebook is used.</summary>
    private List<(string Name, double Value)> Measure(int[] codebooks)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        _network.eval();
        var codes = InPieces(_audio, piece => _network.Quantizer.Quantize(_network.Encode(piece)).Codes);
        var results = new List<(string, double)>();
        foreach (var books in codebooks)
        {
            using var inner = NewDisposeScope();
            var decoded = InPieces(codes, piece => _network.Decode(_network.Quantizer.FromCodes(piece.narrow(1, 0, books))));
            var (wide, narrow) = _error.Compute(_audio.cpu(), decoded.cpu());
            var noise = (_audio - decoded).Squared().sum().Number();
            var chroma = ChromaAgreement.Mean([.. Enumerable.Range(0, (int)_audio.size(0)).Select(i =>
                ChromaAgreement.Between(_audio[i].cpu(), decoded[i].cpu(), _network.SampleRate))]);
            results.AddRange(
                [
                    ($"mel2048@{books}", wide), ($"mel512@{books}", narrow),
                    ($"snr@{books}", 10 * Math.Log10(_audio.Squared().sum().Number() / noise)),
                    ($"chroma@{books}", chroma.Value), ($"chance@{books}", chroma.Chance), ($"notes@{books}", CountNotes(books)),
                ]);
        }
        results.Add(("perplexity", Enumerable.Range(0, (int)codes.size(1)).Average(c => Perplexity(codes.select(1, c).Elements<long>()))));
        return results;
    }

    /// <summary>A few excerpts at a time: all of them at once would take gigabytes.</summary>
    private static Tensor InPieces(Tensor whole, Func<Tensor, Tensor> work) => cat([.. whole.split(ExcerptsAtOnce).Select(piece =>
    {
        using var scope = NewDisposeScope();
        return work(piece).MoveToOuterDisposeScope();
    })]);

    /// <summary>Notes of rendered scales that so many leading codebooks get right.</summary>
    private int CountNotes(int books) => _scales.Sum(scale =>
    {
        using var scope = NewDisposeScope();
        var whole = scale.Samples.Length / _network.Hop * _network.Hop; // frames
        var audio = tensor(scale.Samples[..whole], [1, whole], device: _audio.device);
        var codes = _network.Quantizer.Quantize(_network.Encode(audio)).Codes.narrow(1, 0, books);
        return scale.CountRight(_network.Decode(_network.Quantizer.FromCodes(codes)).Elements<float>(), _network.SampleRate);
    });

    public void Dispose()
    {
        _error.Dispose();
        _audio.Dispose();
    }

    /// <summary>e to the entropy of the codes: how many entries are in effective use.</summary>
    private static double Perplexity(long[] codes) =>
        Math.Exp(codes.CountBy(code => code).Sum(c => -(double)c.Value / codes.Length * Math.Log((double)c.Value / codes.Length)));
}
