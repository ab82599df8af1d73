using TorchSharp;
using VampNet.Core.Tokens;
using VampNet.Model.Layers;
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
        SharesPasses = device.type != DeviceType.CPU;
        _network.to(device).eval();
    }

    public int SampleRate => _network.SampleRate;

    public int Hop => _network.Hop;

    public int Codebooks => _network.Quantizer.Quantizers.Count;

    /// <summary>
    /// On a CPU every window is a pass of its own: convolutions there choose their algorithm by the size of the whole batch,
    /// so that the rounding of one window would depend on its batch, and one window keeps all cores busy anyway.
    /// </summary>
    public bool SharesPasses { get; init; }

    public IReadOnlyList<TokenGrid> Encode(IReadOnlyList<EncodeWindow> windows)
    {
        RequireEqual(windows, window => this.FramesOf(window.Audio.Length), "lengths");
        return [.. Passes(windows).SelectMany(EncodePass)];
    }

    public IReadOnlyList<float[]> Decode(IReadOnlyList<DecodeWindow> windows)
    {
        RequireEqual(windows, window => (window.Tokens.Codebooks, window.Tokens.Frames), "sizes");
        if (windows.Any(window => window.Tokens.Codebooks > Codebooks))
            throw new ArgumentException($"this codec has {Codebooks} codebooks, got {windows[0].Tokens.Codebooks}", nameof(windows));
        if (windows.Any(window => window.Tokens.HasMask))
            throw new ArgumentException("hidden tokens cannot be decoded", nameof(windows));
        return [.. Passes(windows).SelectMany(DecodePass)];
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

    private IEnumerable<T[]> Passes<T>(IReadOnlyList<T> windows) => windows.Chunk(SharesPasses ? Math.Max(1, windows.Count) : 1);

    /// <summary>One pass of the network.</summary>
    private TokenGrid[] EncodePass(EncodeWindow[] windows)
    {
        var frames = this.FramesOf(windows[0].Audio.Length);
        var padded = new float[windows.Length * frames * Hop];
        for (var i = 0; i < windows.Length; i++)
            windows[i].Audio.Span.CopyTo(padded.AsSpan(i * frames * Hop));
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var input = tensor(padded, [windows.Length, frames * Hop]).to(_device);
        var codes = _network.Quantizer.Quantize(_network.Encode(input)).Codes; // (windows, codebooks, frames)
        return [
            .. windows.Select(
                (window, i) => new TokenGrid(Codebooks, window.Count, Codes(codes.select(0, i).narrow(1, window.Skip, window.Count))))];
    }

    /// <inheritdoc cref="EncodePass"/>
    private float[][] DecodePass(DecodeWindow[] windows)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var first = windows[0].Tokens;
        var codes = windows.SelectMany(window => window.Tokens.Data.ToArray()).Select(code => (long)code).ToArray();
        var z = _network.Quantizer.FromCodes(tensor(codes, [windows.Length, first.Codebooks, first.Frames]).to(_device));
        var audio = _network.Decode(z); // (windows, samples)
        return [.. windows.Select((window, i) => audio.select(0, i).narrow(0, window.Skip * Hop, window.Count * Hop).Elements<float>())];
    }

    private static ushort[] Codes(Tensor codes) => Array.ConvertAll(codes.Elements<long>(), code => (ushort)code);

    private static void RequireEqual<T, TSize>(IReadOnlyList<T> windows, Func<T, TSize> size, string what)
    {
        if (windows.Select(size).Distinct().Count() > 1)
            throw new ArgumentException($"windows that go together must have equal {what}", nameof(windows));
    }
}
