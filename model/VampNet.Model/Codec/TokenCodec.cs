using TorchSharp;
using VampNet.Model.Tokens;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>A codec network behind arrays.</summary>
public sealed class TokenCodec : ICodec
{
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

    public TokenGrid Encode(ReadOnlySpan<float> audio, int skip, int count)
    {
        var length = (audio.Length + Hop - 1) / Hop;
        var padded = new float[length * Hop];
        audio.CopyTo(padded);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var input = tensor(padded, [1, padded.Length]).to(_device);
        var codes = _network.Quantizer.Quantize(_network.Encode(input)).Codes.narrow(2, skip, count).cpu();
        return new TokenGrid(Codebooks, count, Array.ConvertAll(codes.contiguous().data<long>().ToArray(), c => (ushort)c));
    }

    public float[] Decode(TokenGrid tokens, int skip, int count)
    {
        if (tokens.Codebooks > Codebooks)
            throw new ArgumentException($"this codec has {Codebooks} codebooks, got {tokens.Codebooks}", nameof(tokens));
        if (tokens.HasMask)
            throw new ArgumentException("hidden tokens cannot be decoded", nameof(tokens));
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var codes = Array.ConvertAll(tokens.Data.ToArray(), c => (long)c);
        var z = _network.Quantizer.FromCodes(tensor(codes, [1, tokens.Codebooks, tokens.Frames]).to(_device));
        var samples = _network.Decode(z).narrow(1, skip * Hop, count * Hop).cpu();
        return samples.contiguous().data<float>().ToArray();
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
}
