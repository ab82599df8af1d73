using System.Reflection;
using VampNet.Model.Layers;
using Xunit;
using Xunit.Sdk;

namespace VampNet.Testing;

/// <summary>
/// Fails a test that leaves more tensors alive than it found; those of its class's constructor do not count. Tensors are
/// counted for the whole process, so the class must be in a collection that nothing runs beside.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NoTensorLeaksAttribute : BeforeAfterTestAttribute
{
    private long _before;

    public override void Before(MethodInfo methodUnderTest)
    {
        GC.Collect(); // what an earlier test left must not be finalised during this one
        GC.WaitForPendingFinalizers();
        _before = TensorCount.Alive;
    }

    public override void After(MethodInfo methodUnderTest)
    {
        var left = TensorCount.Alive - _before;
        Assert.True(
            left <= 0,
            $"{left} tensors are still alive: {methodUnderTest.DeclaringType?.Name}.{methodUnderTest.Name} or what it calls forgot to "
                + "dispose them");
    }
}
