using Xunit;

namespace VampNet.Model.Tests;

/// <summary>Tests that use torch run one after the other: they count tensors, and share the cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class TorchTests
{
    public const string Name = "torch";
}
