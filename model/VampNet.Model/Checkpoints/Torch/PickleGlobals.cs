namespace VampNet.Model.Checkpoints.Torch;

/// <summary>
/// The only names that a pickle may import, and what each stands for. Nothing here runs anything from the file:
/// the entries build tensors, containers, or objects that are a bag of fields.
/// </summary>
/// <param name="isModuleClass">classes beyond the list that may appear as bags of fields (the modules of a torch.package)</param>
internal sealed class PickleGlobals(string file, Func<PickleGlobal, bool> isModuleClass)
{
    private static readonly Dictionary<string, ElementType> StorageTypes = new()
    {
        ["torch.DoubleStorage"] = ElementType.F64,
        ["torch.FloatStorage"] = ElementType.F32,
        ["torch.HalfStorage"] = ElementType.F16,
        ["torch.BFloat16Storage"] = ElementType.BF16,
        ["torch.LongStorage"] = ElementType.I64,
        ["torch.IntStorage"] = ElementType.I32,
        ["torch.ShortStorage"] = ElementType.I16,
        ["torch.CharStorage"] = ElementType.I8,
        ["torch.ByteStorage"] = ElementType.U8,
        ["torch.BoolStorage"] = ElementType.BOOL,
    };

    private static readonly HashSet<string> Dictionaries =
    [
        "collections.OrderedDict",
        "pytorch_lightning.utilities.parsing.AttributeDict",
        "lightning.pytorch.utilities.parsing.AttributeDict",
        "lightning_fabric.utilities.data.AttributeDict",
    ];

    /// <summary>Values that turn up in metadata and say nothing about tensors.</summary>
    private static readonly HashSet<string> Ignored =
    [
        "argparse.Namespace", "torch.device", "torch.Size", "pathlib.PosixPath",
        "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype", "_codecs.encode",
    ];

    /// <summary>Keys under which Lightning before 1.5 keeps the state of its callbacks; names and no more.</summary>
    private static readonly HashSet<string> Keys =
    [
        "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
        "pytorch_lightning.callbacks.early_stopping.EarlyStopping",
    ];

    private static readonly HashSet<string> Sets = ["builtins.set", "__builtin__.set"];

    private const string RebuildTensor = "torch._utils._rebuild_tensor_v2";

    private const string RebuildParameter = "torch._utils._rebuild_parameter";

    /// <exception cref="CheckpointException">the name is not on the list; the message says which</exception>
    public PickleGlobal Import(string module, string name)
    {
        var global = new PickleGlobal(module, name);
        var allowed = global.FullName is RebuildTensor or RebuildParameter
            || StorageTypes.ContainsKey(global.FullName) || Dictionaries.Contains(global.FullName)
            || Ignored.Contains(global.FullName) || Keys.Contains(global.FullName) || Sets.Contains(global.FullName)
            || isModuleClass(global);
        return allowed
            ? global
            : throw new CheckpointException(file, $"refused: the pickle imports {global.FullName}, which no weight file needs");
    }

    /// <summary>What calling an allowed name with these arguments stands for.</summary>
    public object Call(object? callee, object?[] arguments) => (callee as PickleGlobal)?.FullName switch
    {
        RebuildTensor => Tensor(arguments),
        RebuildParameter when arguments is [PickleTensor tensor, ..] => tensor,
        { } name when Dictionaries.Contains(name) && arguments.Length == 0 => new PickleDict(),
        { } name when Sets.Contains(name) && arguments is [List<object?> items] => items,
        { } name when Ignored.Contains(name) || isModuleClass((PickleGlobal)callee!) => new PickleObject(name),
        { } name => throw new CheckpointException(file, $"refused: the pickle calls {name} with arguments that no weight file uses"),
        null => throw new CheckpointException(file, "refused: the pickle calls something that is no imported name"),
    };

    /// <summary>The storage behind a persistent id: ("storage", type, key, device, element count).</summary>
    public PickleStorage Storage(object? id)
    {
        if (id is object?[] and ["storage", PickleGlobal global, (string or long) and var key, _, long count and >= 0]
            && StorageTypes.TryGetValue(global.FullName, out var type))
            return new(type, key.ToString()!, count);
        throw new CheckpointException(file, "the pickle refers to a storage in a way that is not understood");
    }

    private PickleTensor Tensor(object?[] arguments)
    {
        if (arguments is [PickleStorage storage, long offset and >= 0, object?[] shape, object?[] strides, ..]
            && shape.Length == strides.Length && shape.Length <= 16
            && shape.All(v => v is long and >= 0) && strides.All(v => v is long and >= 0))
            return new(storage, offset, [.. shape.Cast<long>()], [.. strides.Cast<long>()]);
        throw new CheckpointException(file, "the pickle describes a tensor in a way that is not understood");
    }
}

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
