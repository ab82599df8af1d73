using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
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
    private readonly Smoothing? _smoothing;
    private readonly Course? _course;

    [ComponentName(Name = "in_proj")]
    private readonly WeightNormConv1d _inProjection;

    [ComponentName(Name = "out_proj")]
    private readonly WeightNormConv1d _outProjection;

    /// <param name="view">what it sees; null = every frame as it is</param>
    internal VectorQuantizer(
        int dimension, int codebookSize, int codebookDimension, CodebookMetric metric, OutlineView? view = null)
        : base(nameof(VectorQuantizer))
    {
        _metric = metric;
        _smoothing = view is { CourseBands: 0, Reach: > 0 } ? new Smoothing(codebookDimension, view.Reach) : null;
        _course = view is { CourseBands: > 0 } ? new Course(dimension, view.CourseBands, view.Reach) : null;
        _inProjection = new WeightNormConv1d(_course?.Values ?? dimension, codebookDimension, 1);
        _outProjection = new WeightNormConv1d(codebookDimension, dimension, 1);
        Codebook = new Codebook(codebookSize, codebookDimension);
        RegisterComponents();
    }

    /// <summary>The table of entries.</summary>
    [field: ComponentName(Name = "codebook")]
    public Codebook Codebook { get; }

    /// <param name="residual">(batch, dimension, frames)</param>
    /// <returns>(batch, codebook dimension, frames)</returns>
    public Tensor Project(Tensor residual)
    {
        var latents = _inProjection.forward(See(residual));
        return _smoothing is null ? latents : _smoothing.forward(latents);
    }

    /// <summary>What <see cref="Project"/> projects.</summary>
    /// <param name="residual">(batch, dimension, frames)</param>
    /// <returns>(batch, values, frames)</returns>
    internal Tensor See(Tensor residual) => _course is null ? residual : _course.forward(residual);

    /// <summary>The nearest entry of each frame.</summary>
    /// <param name="latents">(batch, codebook dimension, frames)</param>
    /// <returns>codes (batch, frames), int64</returns>
    public Tensor Nearest(Tensor latents)
    {
        var (e, c) = (latents.transpose(1, 2), (Tensor)Codebook.Weight); // (batch, frames, d), (entries, d)
        if (_metric == CodebookMetric.Cosine)
            (e, c) = (Normalize(e), Normalize(c));
        // ‖e − c‖² as the reference writes it, so that ties fall the same way.
        var distances = (e.Squared().sum(-1, true) - e.matmul(c.T).Times(2)).Plus(c.Squared().sum(-1)); // (batch, frames, entries)
        return distances.argmin(-1);
    }

    /// <param name="codes">(batch, frames), int64</param>
    /// <returns>entries (batch, codebook dimension, frames)</returns>
    public Tensor Lookup(Tensor codes) =>
        Codebook.Weight.index_select(0, codes.flatten()).view(codes.size(0), codes.size(1), -1).transpose(1, 2);

    /// <param name="latents">(batch, codebook dimension, frames)</param>
    /// <returns>(batch, dimension, frames)</returns>
    public Tensor Expand(Tensor latents) => _outProjection.forward(latents);

    /// <summary>
    /// Makes <see cref="Project"/> the coordinates along <paramref name="basis"/> around <paramref name="mean"/>, and <see cref="Expand"/>
    /// its inverse; of a course, as far as it tells of its own frame.
    /// </summary>
    /// <param name="basis">(codebook dimension, values), orthonormal rows</param>
    /// <param name="mean">(values)</param>
    internal void SetProjections(Tensor basis, Tensor mean)
    {
        _inProjection.Set(basis.unsqueeze(-1), -basis.matmul(mean));
        var (back, centre) = _course is null ? (basis.T, mean) : (_course.Back.matmul(basis.T), _course.Back.matmul(mean));
        _outProjection.Set(back.unsqueeze(-1), centre);
    }

    private static Tensor Normalize(Tensor x) => x / x.norm(-1, true).AtLeast(1e-12);
}

/// <summary>A table of codebook entries (entries, dimension).</summary>
public sealed class Codebook : nn.Module
{
    internal Codebook(int entries, int dimension)
        : base(nameof(Codebook))
    {
        Weight = Initial.Normal(1, entries, dimension);
        RegisterComponents();
    }

    [field: ComponentName(Name = "weight")]
    public Parameter Weight { get; }
}

/// <summary>What quantisation gives.</summary>
/// <param name="Quantized">(batch, dimension, frames), straight-through in training</param>
/// <param name="Codes">(batch, codebooks, frames), int64</param>
/// <param name="Latents">(batch, codebooks · codebook dimension, frames), before quantisation</param>
/// <param name="CommitmentLoss">pulls the latents to the entries; scalar</param>
/// <param name="CodebookLoss">pulls the entries to the latents; scalar</param>
public sealed record Quantization(Tensor Quantized, Tensor Codes, Tensor Latents, Tensor CommitmentLoss, Tensor CodebookLoss);

/// <summary>
/// Residual vector quantisation (SoundStream, Zeghidour et al. 2021): each codebook codes what the ones before left. The first
/// may be kept to the outline, and to how it moves slowly: then their codes last, and say little that nobody could guess.
/// </summary>
public sealed class ResidualQuantizer : nn.Module
{
    private readonly int _outline;

    /// <param name="views">of the codebooks that see the outline alone: what each of them sees</param>
    internal ResidualQuantizer(
        int dimension, int codebooks, int codebookSize, int codebookDimension, CodebookMetric metric,
        IReadOnlyList<OutlineView>? views = null)
        : base(nameof(ResidualQuantizer))
    {
        _outline = views?.Count ?? 0;
        Quantizers = nn.ModuleList(
            [.. Enumerable.Range(0, codebooks)
            .Select(i => new VectorQuantizer(dimension, codebookSize, codebookDimension, metric, i < _outline ? views![i] : null))]);
        RegisterComponents();
    }

    [field: ComponentName(Name = "quantizers")]
    public ModuleList<VectorQuantizer> Quantizers { get; }

    /// <summary>How many codebooks, the first ones, see the outline alone.</summary>
    public int OutlineCodebooks => _outline;

    /// <param name="used">(batch): how many codebooks each item uses (quantiser dropout); null = all</param>
    public Quantization Quantize(Encoding encoding, Tensor? used = null)
    {
        var residual = encoding.Outline;
        var (batch, device) = (residual.size(0), residual.device);
        Tensor quantized = zeros_like(residual), commitment = zeros([], device: device), codebook = zeros([], device: device);
        var (codes, latents) = (new List<Tensor>(), new List<Tensor>());
        for (var i = 0; i < Quantizers.Count; i++)
        {
            var quantizer = Quantizers[i];
            residual = Complete(residual, encoding, i);
            var latent = quantizer.Project(residual);
            var code = quantizer.Nearest(latent.detach());
            var entry = quantizer.Lookup(code);
            var straight = training ? latent.Plus((entry - latent).detach()) : entry; // the gradient skips the choice
            var output = quantizer.Expand(straight);
            residual = residual - output;
            if (training)
            {
                var active = used is null ? ones([batch], device: device) : used.IsAbove(i).to(float32); // (batch)
                if (i >= _outline) // the others are clusters of spectra, and stay
                {
                    commitment = commitment.Plus(((latent - entry.detach()).Squared().mean([1, 2]) * active).mean());
                    codebook = codebook.Plus(((entry - latent.detach()).Squared().mean([1, 2]) * active).mean());
                }
                output = output * active.view(-1, 1, 1);
            }
            quantized = quantized.Plus(output);
            codes.Add(code);
            latents.Add(latent);
        }
        return new Quantization(quantized, stack(codes, 1), cat(latents, 1), commitment, codebook);
    }

    /// <summary>What is left for a codebook: from the first that is not kept to the outline, the detail too.</summary>
    internal Tensor Complete(Tensor residual, Encoding encoding, int codebook) =>
        codebook == _outline && encoding.Detail is not null ? residual.Plus(encoding.Detail) : residual;

    /// <summary>Sum of the outputs of the given codes.</summary>
    /// <param name="codes">(batch, codebooks, frames), int64; as few codebooks as wanted</param>
    /// <returns>(batch, dimension, frames)</returns>
    public Tensor FromCodes(Tensor codes)
    {
        Tensor? sum = null;
        for (var i = 0; i < codes.size(1); i++)
        {
            var output = Quantizers[i].Expand(Quantizers[i].Lookup(codes.select(1, i)));
            sum = sum is null ? output : sum.Plus(output);
        }
        return sum ?? throw new ArgumentException("no codebooks", nameof(codes));
    }
}
