using TorchSharp.Modules;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Transformer;

/// <summary>
/// VampNet's masked token model (paper 3.2): tokens of all codebooks in, a distribution over codes out for every
/// predicted codebook of every frame. Names of parameters are those of the public reference's state dicts.
/// </summary>
public sealed class VampNetTransformer : nn.Module
{
    private readonly CodebookEmbedding _embedding;
    private readonly TransformerStack _transformer;
    private readonly Sequence _classifier;

    public VampNetTransformer(VampNetOptions options)
        : base(nameof(VampNetTransformer))
    {
        Options = options;
        register_module("embedding", _embedding = new CodebookEmbedding(options));
        register_module("transformer", _transformer = new TransformerStack(options));
        register_module("classifier", new Level("layers", _classifier = new Sequence(new WeightNormConv1d(options.Dimension, options.Vocabulary * options.PredictedCodebooks, 1))));
    }

    public VampNetOptions Options { get; }

    /// <summary>Latents of tokens: entries of the codec's codebooks, and this model's own latent for MASK.</summary>
    /// <param name="tokens">(batch, codebooks, frames), int64, MASK = vocabulary</param>
    /// <param name="codebooks">entries (codebooks, vocabulary, latent)</param>
    /// <returns>(batch, codebooks · latent, frames)</returns>
    public Tensor Embed(Tensor tokens, Tensor codebooks) => _embedding.Embed(tokens, codebooks);

    /// <summary>Latents to the width of the residual stream.</summary>
    /// <returns>(batch, dimension, frames)</returns>
    public Tensor Project(Tensor latents) => _embedding.Project(latents);

    /// <summary>The residual stream after the first layers; 0 layers: the projected latents.</summary>
    /// <param name="latents">(batch, codebooks · latent, frames)</param>
    /// <returns>(batch, frames, dimension)</returns>
    public Tensor Activations(Tensor latents, int layers) => _transformer.Through(Project(latents).transpose(1, 2), layers);

    /// <param name="latents">(batch, codebooks · latent, frames)</param>
    /// <param name="activations">where given, receives the residual stream after each layer, (batch, frames, dimension)</param>
    /// <returns>logits (batch, frames · predicted codebooks, vocabulary); position t · predicted + c</returns>
    public Tensor Forward(Tensor latents, IList<Tensor>? activations = null)
    {
        var x = _transformer.Forward(Project(latents).transpose(1, 2), activations); // (batch, frames, dimension)
        var channels = _classifier.forward(x.transpose(1, 2)); // (batch, vocabulary · predicted, frames), channel p · predicted + c
        var (batch, frames) = (x.size(0), x.size(1));
        return channels.view(batch, Options.Vocabulary, Options.PredictedCodebooks, frames)
            .permute(0, 3, 2, 1) // (batch, frames, predicted, vocabulary)
            .reshape(batch, frames * Options.PredictedCodebooks, Options.Vocabulary);
    }
}

/// <summary>Tokens to latents, latents to the residual stream.</summary>
internal sealed class CodebookEmbedding : nn.Module
{
    private readonly Parameter _mask; // (codebooks, latent)
    private readonly Parameter _weight, _bias; // (dimension, codebooks · latent, 1), (dimension)

    public CodebookEmbedding(VampNetOptions options)
        : base(nameof(CodebookEmbedding))
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var inputs = options.Codebooks * options.LatentDimension;
        register_parameter("special.MASK", _mask = nn.Parameter(randn(options.Codebooks, options.LatentDimension)));
        register_parameter("out_proj.weight", _weight = nn.Parameter(randn(options.Dimension, inputs, 1).mul_(1 / Math.Sqrt(inputs))));
        register_parameter("out_proj.bias", _bias = nn.Parameter(zeros(options.Dimension)));
    }

    public Tensor Embed(Tensor tokens, Tensor codebooks)
    {
        var tables = cat([codebooks, _mask.unsqueeze(1)], 1); // (codebooks, vocabulary + 1, latent)
        var (batch, count, frames) = (tokens.size(0), tokens.size(1), tokens.size(2));
        var (entries, latent) = (tables.size(1), tables.size(2));
        var offsets = (arange(count, int64, tokens.device) * entries).view(1, count, 1);
        return tables.view(-1, latent).index_select(0, (tokens + offsets).flatten()).view(batch, count, frames, latent)
            .transpose(2, 3).reshape(batch, count * latent, frames);
    }

    public Tensor Project(Tensor latents) => nn.functional.conv1d(latents, _weight, _bias);
}
