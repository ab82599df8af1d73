using TorchSharp;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Model.Layers;
using VampNet.Model.Transformer;
using static TorchSharp.torch;

namespace VampNet.Model.Sampling;

/// <summary>The coarse or the coarse-to-fine model with what it needs to turn hidden tokens into known ones.</summary>
public sealed class TokenGenerator : ITokenGenerator
{
    // So many rows of logits stay in a core's cache from the classifier to the draw; more of them cost several times as much each.
    private const int CpuGroup = 512;

    private readonly VampNetTransformer _network;
    private readonly Tensor _codebooks; // (codebooks, vocabulary, latent)
    private readonly Device _device;

    /// <param name="network">now owned by the generator</param>
    /// <param name="codebooks">the codec's entries (at least as many codebooks as the network sees, vocabulary, latent)</param>
    /// <param name="windowFrames">longest stretch that the network sees at once</param>
    /// <param name="type">what the network computes in; codes are drawn in float32 always</param>
    public TokenGenerator(
        VampNetTransformer network, Tensor codebooks, int windowFrames, Device device, ScalarType type = ScalarType.Float32)
    {
        var options = network.Options;
        (Codebooks, ConditioningCodebooks, WindowFrames) = (options.Codebooks, options.ConditioningCodebooks, windowFrames);
        (_network, _device) = (network, device);
        _codebooks = codebooks.narrow(0, 0, options.Codebooks).to(type, device).clone().DetachFromDisposeScope();
        _network.MoveTo(device, type);
        _network.eval();
    }

    public int Codebooks { get; }

    public int ConditioningCodebooks { get; }

    public int WindowFrames { get; }

    public int Layers => _network.Options.Layers;

    public int Dimension => _network.Options.Dimension;

    public float Temperature { get; init; } = 1f;

    public TokenGeneration Begin(TokenGrid tokens, SamplingOptions options, ulong seed)
    {
        CheckInput(tokens);
        return new TokenGeneration(tokens, ConditioningCodebooks, WindowFrames, options, seed);
    }

    public void Advance(IReadOnlyList<DecodingState> states)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        // Those of one length next to each other: they attend together.
        var batch = states.OrderBy(state => state.Frames).ToList();
        var grids = batch.ConvertAll(state => state.Tokens);
        var frames = _network.Transform(Latents(TokenGrid.ConcatFrames(grids)), grids.ConvertAll(grid => grid.Frames));
        var groups = HiddenTokens.Of(batch, _device.type == DeviceType.CPU ? CpuGroup : int.MaxValue);
        var drawn = groups.ConvertAll(group => Draw(frames, group));
        // One way back for all: on a GPU each would wait for it.
        var codes = cat(drawn.ConvertAll(d => d.Codes), 0).Elements<long>();
        var probabilities = cat(drawn.ConvertAll(d => d.Probabilities), 0).Elements<float>();
        // All are drawn before any is advanced: a step that fails has not half happened.
        HiddenTokens.Advance(batch, groups, codes, probabilities);
    }

    /// <param name="frames">what the network makes of all frames of the batch</param>
    private (Tensor Codes, Tensor Probabilities) Draw(Tensor frames, HiddenTokens tokens)
    {
        using var scope = NewDisposeScope();
        // (tokens, vocabulary)
        var logits = _network.Logits(frames.index_select(0, tensor(tokens.Frames).to(_device)), tokens.Codebook).to(float32);
        var (codes, probabilities) = TokenSampler.Sample(logits, tokens.Options, tokens.Draws ? tensor(tokens.Uniform).to(_device) : null);
        return (codes.MoveToOuterDisposeScope(), probabilities.MoveToOuterDisposeScope());
    }

    public float[] Embed(TokenGrid tokens, int layer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(layer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layer, Layers);
        CheckInput(tokens);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        return _network.Activations(Latents(tokens), layer).to(float32).Elements<float>();
    }

    public float[] Score(TokenGrid tokens, TokenMask hidden)
    {
        CheckInput(tokens);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var all = Forward(hidden.Apply(tokens))[0].log_softmax(-1); // (positions, vocabulary), position t · predicted + c
        var predicted = Codebooks - ConditioningCodebooks;
        var codes = new long[tokens.Frames * predicted];
        for (var i = 0; i < codes.Length; i++)
            codes[i] = tokens[ConditioningCodebooks + i % predicted, i / predicted];
        var logarithms = all.gather(-1, tensor(codes, [codes.Length, 1]).to(_device)).Elements<float>();

        var scores = new float[tokens.Data.Length];
        for (var i = 0; i < codes.Length; i++)
        {
            var (codebook, frame) = (ConditioningCodebooks + i % predicted, i / predicted);
            if (hidden[codebook, frame])
                scores[codebook * tokens.Frames + frame] = logarithms[i];
        }
        return scores;
    }

    public void Dispose()
    {
        _network.Dispose();
        _codebooks.Dispose();
    }

    /// <summary>Logits (batch, positions, vocabulary) of grids of the same length.</summary>
    private Tensor Forward(params TokenGrid[] grids) => _network.Forward(Latents(grids)).to(float32);

    private Tensor Latents(params TokenGrid[] grids)
    {
        var tokens = Array.ConvertAll([.. grids.SelectMany(g => g.Data.ToArray())], t => (long)t);
        return _network.Embed(tensor(tokens, [grids.Length, Codebooks, grids[0].Frames]).to(_device), _codebooks);
    }

    private void CheckInput(TokenGrid tokens)
    {
        if (tokens.Codebooks != Codebooks)
            throw new ArgumentException($"this model takes {Codebooks} codebooks, got {tokens.Codebooks}", nameof(tokens));
        if (tokens.TakeCodebooks(Math.Max(1, ConditioningCodebooks)).HasMask && ConditioningCodebooks > 0)
            throw new ArgumentException(
                $"the first {ConditioningCodebooks} codebooks condition this model and may not be hidden", nameof(tokens));
    }
}
