using VampNet.Model.Checkpoints;

namespace VampNet.Model.Transformer;

/// <summary>Sizes of a VampNet transformer.</summary>
/// <param name="Codebooks">codebooks that it sees: 4 for coarse, 14 for fine</param>
/// <param name="ConditioningCodebooks">leading codebooks that it only sees: 0 for coarse, 4 for fine</param>
/// <param name="Dimension">width of the residual stream, a multiple of <paramref name="Heads"/></param>
public sealed record VampNetOptions(int Codebooks, int ConditioningCodebooks, int Dimension, int Heads, int Layers)
{
    /// <summary>Dimension of one codebook's entries.</summary>
    public int LatentDimension { get; init; } = 8;

    /// <summary>Codes per codebook.</summary>
    public int Vocabulary { get; init; } = 1024;

    /// <summary>In training only.</summary>
    public double Dropout { get; init; } = 0.1;

    /// <summary>Rank of the low-rank adapters beside frozen weights; 0 = no adapters, everything learns.</summary>
    public int LoraRank { get; init; }

    public int PredictedCodebooks => Codebooks - ConditioningCodebooks;

    /// <summary>The reference's arguments that are understood here. Some say nothing to a network that only generates.</summary>
    internal static readonly string[] Known =
    [
        "n_codebooks", "n_conditioning_codebooks", "embedding_dim", "n_heads", "n_layers", "latent_dim", "vocab_size", "dropout",
            "noise_mode", "r_cond_dim",
        "flash_attn", "ctrl_dims", "cfg_dropout_prob", "cond_dim",
    ];

    /// <summary>
    /// From the reference's constructor arguments, checked against the weights, so that nothing larger than the file is built.
    /// </summary>
    /// <exception cref="CheckpointException">one is missing, of the wrong type, senseless, or does not fit the weights</exception>
    public static VampNetOptions From(HyperParameters arguments, TensorTable weights)
    {
        if (arguments.GetInt("r_cond_dim", 0) != 0)
            throw new CheckpointException(
                weights.Source, "hyper-parameter 'r_cond_dim' is not 0: models that take further conditions are not known here");
        if (arguments.GetText("noise_mode", "mask") is var mode and not "mask")
            throw new CheckpointException(weights.Source, $"hyper-parameter 'noise_mode' is '{mode}', only 'mask' is known here");
        var options = new VampNetOptions(
            arguments.GetInt("n_codebooks"),
            arguments.GetInt("n_conditioning_codebooks", 0),
            arguments.GetInt("embedding_dim"),
            arguments.GetInt("n_heads"),
            arguments.GetInt("n_layers"))
        {
            LatentDimension = arguments.GetInt("latent_dim", 8),
            Vocabulary = arguments.GetInt("vocab_size", 1024),
            Dropout = arguments.GetDouble("dropout", 0.1),
        };
        if (options is not
            {
                Heads: > 0, Layers: > 0, Dimension: > 0, LatentDimension: > 0, ConditioningCodebooks: >= 0,
                PredictedCodebooks: > 0, Vocabulary: 1024
            }
            || options.Dimension % options.Heads != 0)
            throw new CheckpointException(weights.Source, $"hyper-parameters make no VampNet: {options}");
        options.Check(weights);
        return options;
    }

    private void Check(TensorTable weights)
    {
        long dimension = Dimension;
        weights.Fit(
            "embedding_dim, n_codebooks and latent_dim", "embedding.out_proj.weight", dimension, (long)Codebooks * LatentDimension, 1);
        weights.Fit("n_heads", "transformer.layers.0.self_attn.relative_attention_bias.weight", 32, Heads);
        weights.Fit(
            "vocab_size, n_codebooks and n_conditioning_codebooks", "classifier.layers.0.weight_v", (long)Vocabulary * PredictedCodebooks,
            dimension, 1);
        for (var layer = 0; layer < Layers; layer++)
        {
            weights.Fit("n_layers and embedding_dim", $"transformer.layers.{layer}.self_attn.w_qs.weight", dimension, dimension);
            weights.Fit("n_layers and embedding_dim", $"transformer.layers.{layer}.feed_forward.w_1.weight", 4 * dimension, dimension);
        }
    }

    /// <summary>The same as the reference's constructor arguments.</summary>
    public IReadOnlyDictionary<string, double> ToArguments() => new Dictionary<string, double>
    {
        ["n_codebooks"] = Codebooks,
        ["n_conditioning_codebooks"] = ConditioningCodebooks,
        ["embedding_dim"] = Dimension,
        ["n_heads"] = Heads,
        ["n_layers"] = Layers,
        ["latent_dim"] = LatentDimension,
        ["vocab_size"] = Vocabulary,
        ["dropout"] = Dropout,
    };
}
