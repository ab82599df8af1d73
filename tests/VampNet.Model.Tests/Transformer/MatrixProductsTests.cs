using VampNet.Model.Compute;
using VampNet.Model.Layers;
using VampNet.Testing;
using Xunit;
using static TorchSharp.torch;

namespace VampNet.Model.Tests.Transformer;

/// <summary>Rows of a product do not depend on how many there are, at the sizes of the shipped and of the published models.</summary>
[Collection(TorchTests.Name)]
[NoTensorLeaks]
public sealed class MatrixProductsTests : IDisposable
{
    private const int Most = 300;
    private readonly bool _asConvolutions = MatrixProducts.AsConvolutions;
    private readonly int _threads = get_num_threads();

    public static TheoryData<int, int, bool, ScalarType, int> Cases()
    {
        var cases = new TheoryData<int, int, bool, ScalarType, int>();
        (int Inputs, int Outputs)[] sizes =
        [
            (16, 192), (64, 192), (192, 192), (192, 1536), (768, 192), (192, 4096), (224, 128), (128, 1024), (512, 128), (128, 10240),
            (1280, 1280), (2560, 1280),
        ];
        foreach (var (inputs, outputs) in sizes)
        {
            // MKL's products, which its strict mode is promised for on Intel's processors, are taken there alone; bfloat16 where it is
            // fast.
            List<(bool AsConvolutions, ScalarType Type)> ways = [(true, ScalarType.Float32)];
            if (Processor.IsIntel)
                ways.Add((false, ScalarType.Float32));
            if (Processor.HasFastBfloat16)
                ways.Add((true, ScalarType.BFloat16));
            foreach (var (asConvolutions, type) in ways)
            {
                foreach (var threads in new[] { 1, 2, 4 })
                    cases.Add(inputs, outputs, asConvolutions, type, threads);
            }
        }
        return cases;
    }

    public void Dispose()
    {
        MatrixProducts.AsConvolutions = _asConvolutions;
        set_num_threads(_threads);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_are_the_same_in_any_batch(int inputs, int outputs, bool asConvolutions, ScalarType type, int threads)
    {
        MatrixProducts.AsConvolutions = asConvolutions;
        set_num_threads(threads);
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor x = randn(Most, inputs).to(type), weight = randn(outputs, inputs).to(type);
        var all = MatrixProducts.Product(x, weight);
        foreach (var rows in new[] { 1, 2, 5, 16, 63, 137, 193 })
        {
            foreach (var first in new[] { 0, 7, Most - rows })
                Assert.Equal(
                    all.narrow(0, first, rows).to(float32).Elements<float>(),
                    MatrixProducts.Product(x.narrow(0, first, rows), weight).to(float32).Elements<float>());
        }
    }

    [Theory]
    [InlineData(16, 192)]
    [InlineData(192, 1024)]
    [InlineData(577, 192)]
    public void Rows_are_the_same_with_any_number_of_threads(int inputs, int outputs)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        Tensor x = randn(Most, inputs), weight = randn(outputs, inputs), bias = randn(outputs);
        var results = new List<float[]>();
        foreach (var threads in new[] { 1, 2, 3, 4 })
        {
            set_num_threads(threads);
            results.Add(MatrixProducts.Product(x, weight, bias).Elements<float>());
        }
        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void Attention_is_the_same_in_any_batch(ScalarType type)
    {
        const int Sequences = 3, Heads = 4, Size = 32;
        var products = new MatrixProducts();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        foreach (var frames in new[] { 17, 127, 575 })
        {
            Tensor Draw(int sequences, int size) => randn(sequences, Heads, frames, size).to(type);
            var (query, key, value, bias) = (Draw(Sequences, Size), Draw(Sequences, Size), Draw(Sequences, Size), Draw(1, frames));
            float[] Attend(int first, int count) => products.Attention(
                query.narrow(0, first, count), key.narrow(0, first, count), value.narrow(0, first, count), bias, dropout: 0)
                .to(float32).Elements<float>();
            var together = Attend(0, Sequences);
            Assert.Equal(together, Enumerable.Range(0, Sequences).SelectMany(i => Attend(i, 1)));
        }
    }

    [Fact]
    public void Both_ways_multiply()
    {
        using var scope = NewDisposeScope();
        Tensor x = randn(2, 101, 32), weight = randn(24, 32), bias = randn(24);
        var expected = x.matmul(weight.T).Plus(bias);
        foreach (var asConvolutions in new[] { false, true })
        {
            MatrixProducts.AsConvolutions = asConvolutions;
            var actual = MatrixProducts.Product(x, weight, bias);
            Assert.Equal([2, 101, 24], actual.shape);
            Assert.True((actual - expected).abs().max().Number() < 1e-4);
        }
    }
}
