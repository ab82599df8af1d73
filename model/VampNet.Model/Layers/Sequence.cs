using static TorchSharp.torch;

namespace VampNet.Model.Layers;

/// <summary>
/// Modules one after the other, named by their index as in the reference's state dicts. What a module leaves behind is
/// freed before the next one runs, so that long audio costs the memory of one layer.
/// </summary>
internal sealed class Sequence : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor>[] _modules;

    public Sequence(params nn.Module<Tensor, Tensor>[] modules)
        : base(nameof(Sequence))
    {
        _modules = modules;
        for (var i = 0; i < modules.Length; i++)
            register_module(i.ToString(), modules[i]);
    }

    public int Count => _modules.Length;

    public override Tensor forward(Tensor x) => RunThrough(x, _modules.Length);

    /// <summary>The output of the first <paramref name="count"/> modules.</summary>
    public Tensor RunThrough(Tensor x, int count)
    {
        var input = x;
        for (var i = 0; i < count; i++)
        {
            Tensor output;
            using (NewDisposeScope())
                output = _modules[i].forward(x).MoveToOuterDisposeScope();
            if (!ReferenceEquals(x, input) && !ReferenceEquals(x, output))
                x.Dispose();
            x = output;
        }
        return x;
    }
}

/// <summary>A level of names that the reference has and we need not.</summary>
internal sealed class NamedScope : nn.Module
{
    public NamedScope(string name, nn.Module module)
        : base(name) => register_module(name, module);
}
