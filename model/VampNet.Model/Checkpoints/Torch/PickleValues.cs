namespace VampNet.Model.Checkpoints.Torch;

// What a pickle is made of here, besides null, bool, long, double, string, byte[], List<object?> (list, set) and object?[] (tuple).

/// <summary>
/// A dict. Keys are strings, integers, flags or names, hashed with a per-process seed, so that no file can force collisions.
/// </summary>
internal sealed class PickleDict() : OrderedDictionary<object, object?>(KeyComparer.Instance)
{
    public object? Find(string key) => TryGetValue(key, out var value) ? value : null;

    private sealed class KeyComparer : IEqualityComparer<object>
    {
        public static readonly KeyComparer Instance = new();

        bool IEqualityComparer<object>.Equals(object? x, object? y) => Equals(x, y);

        public int GetHashCode(object key) => HashCode.Combine(key);
    }
}

/// <summary>A name that the pickle imports; it stays a name.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public string FullName => $"{Module}.{Name}";
}

/// <summary>An object of a class that we know only by name: nothing but its fields.</summary>
internal sealed class PickleObject(string className)
{
    public string ClassName { get; } = className;

    public PickleDict? State { get; set; }
}

/// <summary>A run of elements in the archive.</summary>
internal sealed record PickleStorage(ElementType Type, string Key, long Count);

/// <summary>A view of a storage; offset and strides count elements.</summary>
internal sealed record PickleTensor(PickleStorage Storage, long Offset, long[] Shape, long[] Strides);
