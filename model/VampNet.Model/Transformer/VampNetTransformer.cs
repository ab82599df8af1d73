using TorchSharp.Modules;
using TorchSharp.Utils;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Transformer;

/// <summary>
/// VampNet's masked token model (paper 3.2): tokens of all codebooks in, a distribution over codes out for every
/// predicted codebook of every frame. Names of parameters are those of the public reference's state dicts.
/// </summary>
public sealed class VampNetTransformer : nn.Module
{
    public VampNetTransformer(VampNetOptions options)
        : base(nameof(VampNetTransformer))
    {
        Options = options;
        register_module("embedding", Embedding = new CodebookEmbedding(options, Products));
        register_module("transformer", Stack = new TransformerStack(options, Products));
        Classifier = new WeightNormConv1d(options.Dimension, options.Vocabulary * options.PredictedCodebooks, 1);
        register_module("classifier", new NamedScope("layers", new Sequence(Classifier)));
    }

    public VampNetOptions Options { get; }

    internal MatrixProducts Products { get; } = new();

    internal CodebookEmbedding Embedding { get; }

    internal TransformerStack Stack { get; }

    internal WeightNormConv1d Classifier { get; }

    /// <summary>Latents of tokens: entries of the codec's codebooks, and this model's own latent for MASK.</summary>
    /// <param name="tokens">(batch, codebooks, frames), int64, MASK = vocabulary</param>
    /// <param name="codebooks">entries (codebooks, vocabulary, latent)</param>
    /// <returns>(batch, codebooks · latent, frames)</returns>
    public Tensor Embed(Tensor tokens, Tensor codebooks) => Embedding.Embed(tokens, codebooks);

    /// <summary>Latents to the width of the residual stream.</summary>
    /// <returns>(batch, dimension, frames)</returns>
    public Tensor Project(Tensor latents) => Embedding.Project(latents);

    /// <summary>The residual stream after the first layers; 0 layers: the projected latents.</summary>
    /// <param name="latents">(batch, codebooks · latent, frames)</param>
    /// <returns>(batch, frames, dimension)</returns>
    public Tensor Activations(Tensor latents, int layers)
    {
        var (batch, frames) = (latents.size(0), latents.size(2));
        return Stack.Through(Rows(latents), Lengths(batch, frames), layers).view(batch, frames, Options.Dimension);
    }

    /// <param name="latents">(batch, codebooks · latent, frames)</param>
    /// <param name="activations">where given, receives the residual stream after each layer, (batch, frames, dimension)</param>
    /// <returns>logits (batch, frames · predicted codebooks, vocabulary); position t · predicted + c</returns>
    public Tensor Forward(Tensor latents, IList<Tensor>? activations = null)
    {
        var (batch, frames) = (latents.size(0), latents.size(2));
        var stream = new List<Tensor>();
        var logits = Classify(Stack.Forward(Rows(latents), Lengths(batch, frames), stream));
        foreach (var x in stream)
            activations?.Add(x.view(batch, frames, Options.Dimension));
        return logits.view(batch, frames * Options.PredictedCodebooks, Options.Vocabulary);
    }

    /// <summary>
    /// Sequences of any lengths at once, one after the other instead of padded: no row depends on another sequence, so
    /// that none depends on the others.
    /// </summary>
    /// <param name="latents">(1, codebooks · latent, frames of all sequences)</param>
    /// <param name="lengths">frames of each sequence</param>
    /// <returns>what <see cref="Logits"/> reads, (frames of all sequences, dimension)</returns>
    public Tensor Transform(Tensor latents, IReadOnlyList<int> lengths) => Stack.Forward(Rows(latents), lengths, null);

    /// <summary>Logits of one codebook, for the frames that need them.</summary>
    /// <param name="transformed">(frames, dimension): rows of <see cref="Transform"/></param>
    /// <param name="codebook">number among the predicted ones</param>
    /// <returns>(frames, vocabulary)</returns>
    public Tensor Logits(Tensor transformed, int codebook) =>
        Classifier.LinearRows(transformed, Products, codebook, Options.PredictedCodebooks);

    /// <returns>(batch · frames, dimension)</returns>
    private Tensor Rows(Tensor latents) => Project(latents).transpose(1, 2).reshape(-1, Options.Dimension);

    private static int[] Lengths(long batch, long frames) => [.. Enumerable.Repeat((int)frames, (int)batch)];

    /// <param name="x">(rows, dimension)</param>
    /// <returns>(rows · predicted codebooks, vocabulary)</returns>
    private Tensor Classify(Tensor x)
    {
        var channels = Classifier.LinearRows(x, Products); // (rows, vocabulary · predicted), channel p · predicted + c
        return channels.view(-1, Options.Vocabulary, Options.PredictedCodebooks)
            .transpose(1, 2) // (rows, predicted, vocabulary)
            .reshape(-1, Options.Vocabulary);
    }
}

/// <summary>Tokens to latents, latents to the residual stream.</summary>
internal sealed class CodebookEmbedding : nn.Module
{
    private readonly MatrixProducts _products;

    [ComponentName(Name = "special.MASK")]
    private readonly Parameter _mask; // (codebooks, latent)

    [ComponentName(Name = "out_proj.weight")]
    private readonly Parameter _weight; // (dimension, codebooks · latent, 1)

    [ComponentName(Name = "out_proj.bias")]
    private readonly Parameter _bias; // (dimension)

    public CodebookEmbedding(VampNetOptions options, MatrixProducts products)
        : base(nameof(CodebookEmbedding))
    {
        _products = products;
        var inputs = options.Codebooks * options.LatentDimension;
        _mask = Initial.Normal(1, options.Codebooks, options.LatentDimension);
        _weight = Initial.Normal(1 / Math.Sqrt(inputs), options.Dimension, inputs, 1);
        _bias = Initial.Constant(0, [options.Dimension]);
        RegisterComponents();
    }

    public Tensor Embed(Tensor tokens, Tensor codebooks)
    {
        var tables = cat([codebooks, _mask.unsqueeze(1)], 1); // (codebooks, vocabulary + 1, latent)
        var (batch, count, frames) = (tokens.size(0), tokens.size(1), tokens.size(2));
        var (entries, latent) = (tables.size(1), tables.size(2));
        var offsets = TensorArithmetic.Range(count, int64, tokens.device).Times(entries).view(1, count, 1);
        return tables.view(-1, latent).index_select(0, tokens.Plus(offsets).flatten()).view(batch, count, frames, latent)
            .transpose(2, 3).reshape(batch, count * latent, frames);
    }

    /// <summary>From now on latents are taken relative to a mean, in units of a deviation; MASK is a point among them.</summary>
    /// <param name="mean">(codebooks, latent)</param>
    /// <param name="deviation">(codebooks, 1)</param>
    public void Standardize(Tensor mean, Tensor deviation)
    {
        _mask.mul_(deviation).Add(mean);
        _weight.div_(deviation.expand(mean.shape).reshape(1, -1, 1));
        _bias.sub_(_weight.squeeze(-1).matmul(mean.flatten()));
    }

    public Tensor Project(Tensor latents) => _products.Linear(latents.transpose(1, 2), _weight.squeeze(-1), _bias).transpose(1, 2);
}

/// <summary>
/// Starts a transformer from what is known before: what its tokens stand for, and that near frames matter most. Plainly
/// initialised it has to find out, for each of thousands of codes, which others are like it, and where to look; a small one
/// learns little else for thousands of steps.
/// </summary>
public static class TransformerInitialization
{
    /// <summary>
    /// Latents come in at unit variance. Logits begin as −‖x − e‖², up to a factor and a constant, between the entries e of
    /// a codebook and a point x, which the layers are to find: random directions of the residual stream are its coordinates.
    /// </summary>
    /// <param name="codebooks">entries (codebooks, vocabulary, latent)</param>
    public static void InitializeFrom(this VampNetTransformer network, Tensor codebooks)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        network.Stack.InitializeLocalBias();

        var options = network.Options;
        var mean = codebooks.mean([1], keepdim: true); // (codebooks, 1, latent)
        var deviation = (codebooks - mean).Squared().mean([1, 2], keepdim: true).sqrt().AtLeast(1e-6); // (codebooks, 1, 1)
        network.Embedding.Standardize(mean.squeeze(1), deviation.squeeze(1));

        // (predicted, vocabulary, latent)
        var entries = ((codebooks - mean) / deviation).narrow(0, options.ConditioningCodebooks, options.PredictedCodebooks);
        var directions = randn([options.PredictedCodebooks, options.LatentDimension, options.Dimension], device: codebooks.device)
            .Over(Math.Sqrt(options.Dimension));
        var weight = entries.matmul(directions); // (predicted, vocabulary, dimension)
        var bias = entries.Squared().sum(-1).Times(-0.5); // (predicted, vocabulary)
        // channel code · predicted + codebook
        network.Classifier.Set(weight.transpose(0, 1).reshape(-1, options.Dimension, 1), bias.T.reshape(-1));
    }
}
