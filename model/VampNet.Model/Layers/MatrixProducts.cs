using TorchSharp;
using VampNet.Model.Compute;
using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>
/// The matrix products of a network, which take most of its time. Training may do them in a shorter type while weights and all
/// else stay float32. (TorchSharp 0.107 has no autocast.) No row of a product depends on the other rows, to the last bit: a request gets
/// the same tokens in any batch (docs/batching.md).
/// </summary>
internal sealed class MatrixProducts
{
    // Rows that are multiplied at once: enough of them to be fast, few enough that making them up costs little.
    private const int Block = 192;

    // Means nothing to a kernel of 1, but libtorch takes the same library for dilated convolutions on one thread as on several.
    private static readonly long[] s_dilation = [2, 1], s_strides = [1, 1], s_padding = [0, 0];

    /// <summary>Factors are rounded to it; null = as they are.</summary>
    public ScalarType? Type { get; set; }

    /// <summary>
    /// Whether float32 products on the processor are convolutions with a kernel of 1, which oneDNN computes, rather than MKL's. By the
    /// kind of processor and not by a measurement, so that replicas on equal machines round alike.
    /// </summary>
    internal static bool AsConvolutions { get; set; } = !Processor.IsIntel;

    /// <param name="x">(…, inputs)</param>
    /// <param name="weight">(outputs, inputs)</param>
    /// <param name="bias">(outputs)</param>
    /// <returns>x·Wᵀ + b, (…, outputs)</returns>
    public Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null) => Type is { } type
        ? Product(x.to(type), weight.to(type), bias?.to(type)).to(float32)
        : Product(x, weight, bias);

    /// <summary>Scaled dot-product attention (Vaswani et al. 2017).</summary>
    /// <param name="query">(sequences, heads, frames, dimension of a head), as key and value</param>
    /// <param name="bias">on the scores, (1, heads, frames, frames)</param>
    /// <returns>(sequences, heads, frames, dimension of a head)</returns>
    public Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor bias, double dropout) => Type is { } type
        ? nn.functional.scaled_dot_product_attention(query.to(type), key.to(type), value.to(type), bias.to(type), dropout).to(float32)
        : nn.functional.scaled_dot_product_attention(query, key, value, bias, dropout);

    /// <inheritdoc cref="Linear"/>
    public static Tensor Product(Tensor x, Tensor weight, Tensor? bias = null) =>
        x.device_type == DeviceType.CPU && (AsConvolutions || x.dtype != ScalarType.Float32)
            ? InBlocks(x, weight, bias)
            : nn.functional.linear(x, weight, bias);

    /// <summary>oneDNN rounds by how many rows there are: here it is always the same number.</summary>
    private static Tensor InBlocks(Tensor x, Tensor weight, Tensor? bias)
    {
        var rows = x.reshape(-1, x.size(-1));
        var count = rows.size(0);
        var blocks = (count + Block - 1) / Block;
        var padded = count == blocks * Block ? rows : nn.functional.pad(rows, [0, 0, 0, blocks * Block - count]);
        var products = new List<Tensor>();
        for (var i = 0L; i < blocks; i++)
        {
            var block = padded.narrow(0, i * Block, Block);
            products.Add(x.dtype == ScalarType.Float32 ? Convolution(block, weight, bias) : nn.functional.linear(block, weight, bias));
        }
        var all = products.Count == 1 ? products[0].contiguous() : cat(products, 0);
        return all.narrow(0, 0, count).view([.. x.shape[..^1], weight.size(0)]);
    }

    /// <param name="rows">(rows, inputs)</param>
    /// <returns>(rows, outputs)</returns>
    private static Tensor Convolution(Tensor rows, Tensor weight, Tensor? bias)
    {
        var image = rows.t().unsqueeze(0).unsqueeze(-1); // (1, inputs, rows, 1)
        var kernel = weight.unsqueeze(-1).unsqueeze(-1); // (outputs, inputs, 1, 1)
        return nn.functional.conv2d(image, kernel, bias, s_strides, s_padding, s_dilation).squeeze(-1).squeeze(0).t();
    }
}
