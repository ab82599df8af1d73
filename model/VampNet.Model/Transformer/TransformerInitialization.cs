using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Transformer;

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
