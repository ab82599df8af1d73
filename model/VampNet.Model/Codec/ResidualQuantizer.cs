using TorchSharp.Modules;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>How the nearest codebook entry is found.</summary>
public enum CodebookMetric
{
    /// <summary>By angle (ViT-VQGAN, Yu et al. 2021), as the Descript and LAC codecs do.</summary>
    Cosine,

    /// <summary>By distance: an entry stands for a length as well as for a direction.</summary>
    Euclidean,
}

/// <summary>
/// One codebook: project to a small space, take the nearest entry, project back (the factorised codes of ViT-VQGAN; as in
/// the Descript codec, Kumar et al. 2023).
/// </summary>
public sealed class VectorQuantizer : nn.Module
{
    private readonly CodebookMetric _metric;
    private readonly WeightNormConv1d _inProjection, _outProjection;

    internal VectorQuantizer(int dimension, int codebookSize, int codebookDimension, CodebookMetric metric)
        : base(nameof(VectorQuantizer))
    {
        _metric = metric;
        register_module("in_proj", _inProjection = new WeightNormConv1d(dimension, codebookDimension, 1));
        register_module("out_proj", _outProjection = new WeightNormConv1d(codebookDimension, dimension, 1));
        register_module("codebook", Codebook = new Codebook(codebookSize, codebookDimension));
    }

    /// <summary>The table of entries.</summary>
    public Codebook Codebook { get; }

    /// <param name="residual">(batch, dimension, frames)</param>
    /// <returns>(batch, codebook dimension, frames)</returns>
    public Tensor Project(Tensor residual) => _inProjection.forward(residual);

    /// <summary>The nearest entry of each frame.</summary>
    /// <param name="latents">(batch, codebook dimension, frames)</param>
    /// <returns>codes (batch, frames), int64</returns>
    public Tensor Nearest(Tensor latents)
    {
        var (e, c) = (latents.transpose(1, 2), (Tensor)Codebook.Weight); // (batch, frames, d), (entries, d)
        if (_metric == CodebookMetric.Cosine)
            (e, c) = (Normalize(e), Normalize(c));
        // ‖e − c‖² as the reference writes it, so that ties fall the same way.
        var distances = e.square().sum(-1, true) - 2 * e.matmul(c.T) + c.square().sum(-1); // (batch, frames, entries)
        return distances.argmin(-1);
    }

    /// <param name="codes">(batch, frames), int64</param>
    /// <returns>entries (batch, codebook dimension, frames)</returns>
    public Tensor Lookup(Tensor codes) => Codebook.Weight.index_select(0, codes.flatten()).view(codes.size(0), codes.size(1), -1).transpose(1, 2);

    /// <param name="latents">(batch, codebook dimension, frames)</param>
    /// <returns>(batch, dimension, frames)</returns>
    public Tensor Expand(Tensor latents) => _outProjection.forward(latents);

    /// <summary>Makes <see cref="Project"/> the coordinates along <paramref name="basis"/> around <paramref name="mean"/>, and <see cref="Expand"/> its inverse.</summary>
    /// <param name="basis">(codebook dimension, dimension), orthonormal rows</param>
    /// <param name="mean">(dimension)</param>
    internal void SetProjections(Tensor basis, Tensor mean)
    {
        _inProjection.Set(basis.unsqueeze(-1), -basis.matmul(mean));
        _outProjection.Set(basis.T.unsqueeze(-1), mean);
    }

    private static Tensor Normalize(Tensor x) => x / x.norm(-1, true).clamp_min(1e-12);
}

/// <summary>A table of codebook entries (entries, dimension).</summary>
public sealed class Codebook : nn.Module
{
    internal Codebook(int entries, int dimension)
        : base(nameof(Codebook))
    {
        Weight = nn.Parameter(randn(entries, dimension));
        register_parameter("weight", Weight);
    }

    public Parameter Weight { get; }
}

/// <summary>What quantisation gives.</summary>
/// <param name="Quantized">(batch, dimension, frames), straight-through in training</param>
/// <param name="Codes">(batch, codebooks, frames), int64</param>
/// <param name="Latents">(batch, codebooks · codebook dimension, frames), before quantisation</param>
/// <param name="CommitmentLoss">pulls the latents to the entries; scalar</param>
/// <param name="CodebookLoss">pulls the entries to the latents; scalar</param>
public sealed record Quantization(Tensor Quantized, Tensor Codes, Tensor Latents, Tensor CommitmentLoss, Tensor CodebookLoss);

/// <summary>Residual vector quantisation (SoundStream, Zeghidour et al. 2021): each codebook codes what the ones before left.</summary>
public sealed class ResidualQuantizer : nn.Module
{
    internal ResidualQuantizer(int dimension, int codebooks, int codebookSize, int codebookDimension, CodebookMetric metric)
        : base(nameof(ResidualQuantizer))
    {
        Quantizers = nn.ModuleList([.. Enumerable.Range(0, codebooks).Select(_ => new VectorQuantizer(dimension, codebookSize, codebookDimension, metric))]);
        register_module("quantizers", Quantizers);
    }

    public ModuleList<VectorQuantizer> Quantizers { get; }

    /// <param name="z">(batch, dimension, frames)</param>
    /// <param name="used">(batch): how many codebooks each item uses (quantiser dropout); null = all</param>
    public Quantization Quantize(Tensor z, Tensor? used = null)
    {
        var residual = z;
        Tensor quantized = zeros_like(z), commitment = zeros([], device: z.device), codebook = zeros([], device: z.device);
        var (codes, latents) = (new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < Quantizers.Count; i++)
        {
            var quantizer = Quantizers[i];
            var latent = quantizer.Project(residual);
            var code = quantizer.Nearest(latent.detach());
            var entry = quantizer.Lookup(code);
            var straight = training ? latent + (entry - latent).detach() : entry; // the gradient skips the choice
            var output = quantizer.Expand(straight);
            residual = residual - output;
            if (training)
            {
                var active = used is null ? ones([z.size(0)], device: z.device) : used.gt(i).to(float32); // (batch)
                commitment = commitment + ((latent - entry.detach()).square().mean([1, 2]) * active).mean();
                codebook = codebook + ((entry - latent.detach()).square().mean([1, 2]) * active).mean();
                output = output * active.view(-1, 1, 1);
            }
            quantized = quantized + output;
            codes.Add(code);
            latents.Add(latent);
        }
        return new Quantization(quantized, stack(codes, 1), cat(latents, 1), commitment, codebook);
    }

    /// <summary>Sum of the outputs of the given codes.</summary>
    /// <param name="codes">(batch, codebooks, frames), int64; as few codebooks as wanted</param>
    /// <returns>(batch, dimension, frames)</returns>
    public Tensor FromCodes(Tensor codes)
    {
        Tensor? sum = null;
        for (var i = 0; i < codes.size(1); i++)
        {
            var output = Quantizers[i].Expand(Quantizers[i].Lookup(codes.select(1, i)));
            sum = sum is null ? output : sum + output;
        }
        return sum ?? throw new ArgumentException("no codebooks", nameof(codes));
    }
}
