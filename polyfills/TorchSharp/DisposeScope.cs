namespace TorchSharp;

/// <summary>Disposes every tensor that was created on this thread while it was the innermost scope.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic] private static DisposeScope? s_current;

    private readonly HashSet<torch.Tensor> _tensors = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? _outer;
    private bool _disposed;

    internal DisposeScope()
    {
        _outer = s_current;
        s_current = this;
    }

    internal static DisposeScope? Current => s_current;

    internal static void Register(torch.Tensor tensor)
    {
        if (s_current is not { } scope)
            return;
        scope._tensors.Add(tensor);
        tensor.OwningScope = scope;
    }

    internal void Forget(torch.Tensor tensor)
    {
        if (!_disposed)
            _tensors.Remove(tensor);
        tensor.OwningScope = null;
    }

    /// <summary>Hands a tensor to the scope around this one, or to nobody where there is none.</summary>
    public T MoveToOuter<T>(T tensor) where T : torch.Tensor
    {
        Forget(tensor);
        if (_outer is not null)
        {
            _outer._tensors.Add(tensor);
            tensor.OwningScope = _outer;
        }
        return tensor;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        s_current = _outer;
        foreach (var tensor in _tensors)
            tensor.Dispose();
        _tensors.Clear();
    }
}

public static partial class torch
{
    public static DisposeScope NewDisposeScope() => new();
}
