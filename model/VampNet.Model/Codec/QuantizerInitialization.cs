using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>
/// Starts a residual quantiser from data: plainly initialised codebooks collapse to a handful of entries. Each codebook
/// looks at the strongest directions of what its predecessors left (PCA) and takes k-means centres as its entries.
/// </summary>
public static class QuantizerInitialization
{
    private const int Iterations = 12;

    /// <param name="z">encoder outputs (samples, dimension), at least as many samples as entries</param>
    /// <exception cref="ArgumentException">there are fewer samples than entries</exception>
    public static void InitializeFrom(this ResidualQuantizer rvq, Tensor z, Random random)
    {
        using var frozen = no_grad();
        var entries = rvq.Quantizers[0].Codebook.Weight.size(0);
        if (z.size(0) < entries)
            throw new ArgumentException($"{z.size(0)} frames are too few to start {entries} codebook entries from", nameof(z));
        var residual = z;
        foreach (var quantizer in rvq.Quantizers)
        {
            using var scope = NewDisposeScope();
            var (mean, basis) = PrincipalDirections(residual, (int)quantizer.Codebook.Weight.size(1));
            quantizer.SetProjections(basis, mean);
            var latents = (residual - mean).matmul(basis.T); // (samples, d)
            quantizer.Codebook.Weight.copy_(KMeans(latents, (int)quantizer.Codebook.Weight.size(0), random));
            var coded = quantizer.Expand(quantizer.Lookup(quantizer.Nearest(latents.T.unsqueeze(0))))[0].T; // (samples, dimension)
            residual = (residual - coded).MoveToOuterDisposeScope();
        }
    }

    /// <returns>mean (dimension) and the strongest directions (count, dimension)</returns>
    private static (Tensor Mean, Tensor Basis) PrincipalDirections(Tensor x, int count)
    {
        var mean = x.mean([0]);
        var centred = x - mean;
        var (_, vectors) = linalg.eigh(centred.T.matmul(centred) / x.size(0)); // ascending
        return (mean, vectors.narrow(1, vectors.size(1) - count, count).T.contiguous());
    }

    private static Tensor KMeans(Tensor points, int clusters, Random random)
    {
        var count = (int)points.size(0);
        var first = Enumerable.Range(0, count).Select(i => (long)i).ToArray();
        random.Shuffle(first);
        var centres = points.index_select(0, tensor(first[..clusters]).to(points.device));
        for (var i = 0; i < Iterations; i++)
        {
            using var scope = NewDisposeScope();
            var nearest = (centres.square().sum(1) - 2 * points.matmul(centres.T)).argmin(1); // (samples)
            var members = zeros([clusters], device: points.device).index_add(0, nearest, ones([count], device: points.device), 1);
            var sums = zeros_like(centres).index_add(0, nearest, points, 1);
            // An empty cluster moves to a random point.
            var strays = points.index_select(0, tensor(Enumerable.Range(0, clusters).Select(_ => random.NextInt64(count)).ToArray()).to(points.device));
            var moved = where(members.gt(0).unsqueeze(1), sums / members.clamp_min(1).unsqueeze(1), strays);
            centres = moved.MoveToOuterDisposeScope();
        }
        return centres;
    }
}
