using TorchSharp;
using VampNet.Model.Tokens;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>A codec network behind arrays. Long audio goes through in stretches that overlap by more than the network sees.</summary>
public sealed class TokenCodec : ICodec
{
    private const int StretchFrames = 1024, MarginFrames = 64;
    private readonly CodecNetwork _network;
    private readonly Device _device;

    /// <param name="network">now owned by the codec</param>
    public TokenCodec(CodecNetwork network, Device device)
    {
        (_network, _device) = (network, device);
        _network.to(device).eval();
    }

    public int SampleRate => _network.SampleRate;

    public int Hop => _network.Hop;

    public int Codebooks => _network.Quantizer.Quantizers.Count;

    public TokenGrid Encode(ReadOnlySpan<float> audio)
    {
        if (audio.IsEmpty)
            throw new ArgumentException("no samples", nameof(audio));
        var frames = (audio.Length + Hop - 1) / Hop;
        var padded = new float[frames * Hop];
        audio.CopyTo(padded);
        var parts = new List<TokenGrid>();
        foreach (var (start, count, from, length) in Stretches(frames))
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            var input = tensor(padded[(from * Hop)..((from + length) * Hop)], [1, length * Hop]).to(_device);
            var codes = _network.Quantizer.Quantize(_network.Encode(input)).Codes.narrow(2, start - from, count).cpu();
            parts.Add(new TokenGrid(Codebooks, count, Array.ConvertAll(codes.contiguous().data<long>().ToArray(), c => (ushort)c)));
        }
        return TokenGrid.ConcatFrames(parts);
    }

    public float[] Decode(TokenGrid tokens)
    {
        if (tokens.Codebooks > Codebooks)
            throw new ArgumentException($"this codec has {Codebooks} codebooks, got {tokens.Codebooks}", nameof(tokens));
        if (tokens.HasMask)
            throw new ArgumentException("hidden tokens cannot be decoded", nameof(tokens));
        var audio = new float[tokens.Frames * Hop];
        foreach (var (start, count, from, length) in Stretches(tokens.Frames))
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            var codes = Array.ConvertAll(tokens.SliceFrames(from, length).Data.ToArray(), c => (long)c);
            var z = _network.Quantizer.FromCodes(tensor(codes, [1, tokens.Codebooks, length]).to(_device));
            var samples = _network.Decode(z).narrow(1, (start - from) * Hop, count * Hop).cpu();
            samples.contiguous().data<float>().CopyTo(audio, start * Hop);
        }
        return audio;
    }

    /// <summary>The entries of the first codebooks, which generators see tokens by.</summary>
    /// <returns>(count, entries, dimension)</returns>
    public Tensor Entries(int count) => EntriesOf(_network, count);

    public void Dispose() => _network.Dispose();

    /// <inheritdoc cref="Entries"/>
    public static Tensor EntriesOf(CodecNetwork network, int count)
    {
        using var frozen = no_grad();
        return stack(network.Quantizer.Quantizers.Take(count).Select(q => (Tensor)q.Codebook.Weight));
    }

    /// <summary>Stretches of frames, each with the margins that it is computed with.</summary>
    private static IEnumerable<(int Start, int Count, int From, int Length)> Stretches(int frames)
    {
        for (var start = 0; start < frames; start += StretchFrames)
        {
            var end = Math.Min(frames, start + StretchFrames);
            var (from, to) = (Math.Max(0, start - MarginFrames), Math.Min(frames, end + MarginFrames));
            yield return (start, end - start, from, to - from);
        }
    }
}
