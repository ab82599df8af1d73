using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>A level of names that the reference has and we need not.</summary>
internal sealed class NamedScope : nn.Module
{
    public NamedScope(string name, nn.Module module)
        : base(name) => register_module(name, module);
}
