using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests;

public class GoldenFilesTests
{
    [Fact]
    public void Every_golden_array_can_be_read()
    {
        foreach (var name in Goldens.Names("*"))
            Assert.Equal(Goldens.Array(name).Shape.Aggregate(1, (a, b) => a * b), Goldens.Array(name).Count);
    }

    [Theory]
    [InlineData("itf_s2t", typeof(double))]
    [InlineData("coarse_logits_T1", typeof(float))]
    [InlineData("gen_det12_newmask", typeof(byte))]
    [InlineData("topkmask_k7_t0.0_mask", typeof(bool))]
    [InlineData("gen_det12_out", typeof(long))]
    public void Arrays_keep_their_type(string name, Type type)
    {
        var array = Goldens.Array(name);
        var read = typeof(Npy).GetMethod(nameof(Npy.As))!.MakeGenericMethod(type).Invoke(array, null);
        Assert.Equal(array.Count, ((Array)read!).Length);
        Assert.ThrowsAny<InvalidDataException>(array.As<short>);
    }
}
