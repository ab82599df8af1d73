using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>
/// Starts a residual quantiser from data: plainly initialised codebooks collapse to a handful of entries. Each codebook
/// looks at the strongest directions of what its predecessors left (PCA) and takes k-means centres as its entries, clustered by the
/// measure that will look them up.
/// </summary>
public static class QuantizerInitialization
{
    private const int Iterations = 12;

    /// <param name="encoding">of at least as many frames as a codebook has entries</param>
    /// <exception cref="ArgumentException">there are fewer</exception>
    public static void InitializeFrom(this ResidualQuantizer rvq, Encoding encoding, Random random)
    {
        using var frozen = no_grad();
        var residual = encoding.Outline; // (batch, dimension, frames)
        var (entries, frames) = (rvq.Quantizers[0].Codebook.Weight.size(0), residual.size(0) * residual.size(2));
        if (frames < entries)
            throw new ArgumentException($"{frames} frames are too few to start {entries} codebook entries from", nameof(encoding));
        for (var i = 0; i < rvq.Quantizers.Count; i++)
        {
            using var scope = NewDisposeScope();
            var quantizer = rvq.Quantizers[i];
            residual = rvq.Complete(residual, encoding, i);
            var (mean, basis) = PrincipalDirections(Samples(quantizer.See(residual)), (int)quantizer.Codebook.Weight.size(1));
            quantizer.SetProjections(basis, mean);
            var latents = quantizer.Project(residual);
            KMeans(quantizer, latents, random);
            residual = (residual - quantizer.Expand(quantizer.Lookup(quantizer.Nearest(latents)))).MoveToOuterDisposeScope();
        }
    }

    /// <returns>(batch · frames, dimension)</returns>
    private static Tensor Samples(Tensor x) => x.transpose(1, 2).flatten(0, 1);

    /// <returns>mean (dimension) and the strongest directions (count, dimension)</returns>
    private static (Tensor Mean, Tensor Basis) PrincipalDirections(Tensor x, int count)
    {
        var mean = x.mean([0]);
        var centred = x - mean;
        var (_, vectors) = linalg.eigh(centred.T.matmul(centred).Over(x.size(0))); // ascending
        return (mean, vectors.narrow(1, vectors.size(1) - count, count).T.contiguous());
    }

    /// <summary>Entries at the means of the latents that look them up, by the quantiser's own measure.</summary>
    /// <param name="latents">(batch, codebook dimension, frames)</param>
    private static void KMeans(VectorQuantizer quantizer, Tensor latents, Random random)
    {
        var (points, entries) = (Samples(latents), quantizer.Codebook.Weight);
        var (count, clusters) = ((int)points.size(0), (int)entries.size(0));
        var first = Enumerable.Range(0, count).Select(i => (long)i).ToArray();
        random.Shuffle(first);
        entries.copy_(points.index_select(0, tensor(first[..clusters]).to(points.device)));
        for (var i = 0; i < Iterations; i++)
        {
            using var scope = NewDisposeScope();
            var nearest = quantizer.Nearest(latents).flatten(); // (samples)
            var members = zeros([clusters], device: points.device).PlusRows(nearest, ones([count], device: points.device));
            var sums = zeros_like(entries).PlusRows(nearest, points);
            // An empty cluster moves to a random point.
            var strays = points.index_select(
                0, tensor(Enumerable.Range(0, clusters).Select(_ => random.NextInt64(count)).ToArray()).to(points.device));
            entries.copy_(where(members.IsAbove(0).unsqueeze(1), sums / members.AtLeast(1.0).unsqueeze(1), strays));
        }
    }
}
