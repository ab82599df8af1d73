using System.Reflection;
using VampNet.Testing;
using Xunit;
using Xunit.Sdk;
using static TorchSharp.torch;

namespace VampNet.Model.Tests;

[Collection(TorchTests.Name)]
public class NoTensorLeaksTests
{
    [Fact]
    public void A_tensor_left_alive_fails_the_test_and_a_disposed_one_does_not()
    {
        var (attribute, method) = (new NoTensorLeaksAttribute(), (MethodInfo)MethodBase.GetCurrentMethod()!);
        attribute.Before(method);
        var left = ones(3);
        Assert.Contains("1 tensors are still alive", Assert.ThrowsAny<XunitException>(() => attribute.After(method)).Message);
        left.Dispose();
        attribute.After(method);
    }
}
