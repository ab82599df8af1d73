using System.Collections;

namespace TorchSharp.Modules;

/// <summary>Modules named by their index.</summary>
public class ModuleList<T> : torch.nn.Module, IEnumerable<T> where T : torch.nn.Module
{
    private readonly List<T> _list = [];

    public ModuleList(params T[] modules)
        : base(nameof(ModuleList<T>))
    {
        foreach (var module in modules)
            Add(module);
    }

    public int Count => _list.Count;

    public T this[int index] => _list[index];

    public void Add(T item)
    {
        register_module(_list.Count.ToString(), item);
        _list.Add(item);
    }

    public IEnumerator<T> GetEnumerator() => _list.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
