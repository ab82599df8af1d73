using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Evaluation.Metrics;

/// <summary>
/// How far apart two sets of embeddings lie: the Fréchet distance of the Gaussians that fit them (Dowson and Landau 1982;
/// Heusel et al. 2017). With VGGish embeddings it is the Fréchet audio distance (Kilgour et al. 2019).
/// </summary>
public static class FrechetDistance
{
    /// <param name="x">(rows, dimension), at least 2 rows</param>
    /// <param name="y">(rows, dimension), at least 2 rows</param>
    /// <returns>|μx − μy|² + tr(Σx + Σy − 2 (Σx Σy)^½)</returns>
    public static double Between(float[,] x, float[,] y)
    {
        if (x.GetLength(0) < 2 || y.GetLength(0) < 2)
            throw new ArgumentException("a covariance needs at least two embeddings");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var ((meanX, covarianceX, traceX), (meanY, covarianceY, traceY)) = (Fit(x), Fit(y));
        // The trace of (Σx Σy)^½ is that of (S Σy S)^½ with S = Σx^½, which is symmetric.
        var root = SquareRoot(covarianceX);
        var (values, _) = linalg.eigh(root.matmul(covarianceY).matmul(root));
        var distance = (meanX - meanY).Squared().sum().Plus(traceX).Plus(traceY) - values.AtLeast(0.0).sqrt().sum().Times(2);
        return Math.Max(0, distance.Number()); // zero for equal sets, but for rounding
    }

    private static (Tensor Mean, Tensor Covariance, Tensor Trace) Fit(float[,] rows)
    {
        var (count, dimension) = (rows.GetLength(0), rows.GetLength(1));
        var x = tensor(rows.Cast<float>().ToArray(), [count, dimension]).to(float64);
        var mean = x.mean([0]);
        var centred = x - mean;
        return (mean, centred.T.matmul(centred).Over(count - 1), centred.Squared().sum().Over(count - 1));
    }

    private static Tensor SquareRoot(Tensor symmetric)
    {
        var (values, vectors) = linalg.eigh(symmetric);
        return (vectors * values.AtLeast(0.0).sqrt()).matmul(vectors.T);
    }
}
