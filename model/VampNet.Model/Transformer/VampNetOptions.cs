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

    /// <summary>From the reference's constructor arguments.</summary>
    /// <exception cref="CheckpointException">one is missing, of the wrong type, or senseless</exception>
    public static VampNetOptions From(HyperParameters arguments, string source)
    {
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
        return options is { Heads: > 0, Layers: > 0 and <= 1024, Dimension: > 0, LatentDimension: > 0, ConditioningCodebooks: >= 0, PredictedCodebooks: > 0, Vocabulary: 1024 }
            && options.Dimension % options.Heads == 0
            ? options
            : throw new CheckpointException(source, $"hyper-parameters make no VampNet: {options}");
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
