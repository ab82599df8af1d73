namespace VampNet.Model.Checkpoints.Torch;

/// <summary>
/// Reads weights that PyTorch saved, without PyTorch and without running anything from the file: the reference's
/// <c>{"state_dict", "metadata": {"kwargs"}}</c>, Lightning's <c>{"state_dict", "hyper_parameters"}</c>, bare state
/// dicts (LoRA files), and <c>torch.package</c> archives, of which only the tensors are taken.
/// </summary>
public static class TorchCheckpoint
{
    /// <summary>Tied weights appear under several names; more than this many times the file is no checkpoint.</summary>
    private const int MaxExpansion = 4;

    internal const int MaxTensors = 100_000;

    /// <exception cref="CheckpointException">unreadable, malformed or refused; the message names file and tensor</exception>
    public static TensorTable Read(string source) => CheckpointFile.Read(source, Read);

    /// <summary>Reads from a stream that can seek.</summary>
    /// <param name="source">what to call it in messages</param>
    /// <exception cref="CheckpointException">as for a path</exception>
    public static TensorTable Read(Stream stream, string source)
    {
        using var archive = TorchArchive.Open(stream, source);
        if (archive.Has("byteorder") && !archive.Read("byteorder").AsSpan().SequenceEqual("little"u8))
            throw new CheckpointException(source, "the file was written on a big-endian machine");
        var isPackage = !archive.Has("data.pkl") && archive.Has(".data/extern_modules");
        var (tensors, arguments) = isPackage ? TorchPackage.Describe(archive, source) : Describe(archive, source);
        var metadata = new Dictionary<string, string>();
        if (arguments is not null)
            metadata[HyperParameters.MetadataKey] = PickleJson.Text(arguments, source);
        return new TensorTable(
            source, Materialise(archive, source, tensors, isPackage ? key => $".data/{key}.storage" : key => $"data/{key}"), metadata);
    }

    private static (PickleDict Tensors, PickleDict? Arguments) Describe(TorchArchive archive, string source)
    {
        var root = new Unpickler(source, archive.ReadPickle("data.pkl"), new PickleGlobals(source, _ => false)).Load();
        if (root is not PickleDict dict)
            throw new CheckpointException(source, "holds neither a state dict nor a checkpoint");
        if (dict.Find("state_dict") is PickleDict state)
            return (state, ((dict.Find("metadata") as PickleDict)?.Find("kwargs") ?? dict.Find("hyper_parameters")) as PickleDict);
        return (dict, null);
    }

    private static OrderedDictionary<string, RawTensor> Materialise(
        TorchArchive archive, string source, PickleDict described, Func<string, string> entryOf)
    {
        if (described.Count is 0 or > MaxTensors)
            throw new CheckpointException(source, $"holds {described.Count} tensors");
        var storages = new Dictionary<string, byte[]>(); // by key: whatever types a storage is seen as, it is read once
        var tensors = new OrderedDictionary<string, RawTensor>(described.Count);
        long total = 0;
        foreach (var (key, value) in described)
        {
            if (key is not string longName || value is not PickleTensor view)
                throw new CheckpointException(source, $"entry '{key}' of the state dict is not a tensor");
            var name = TensorNames.Plain(longName);
            total += TensorView.CheckedByteCount(view, name, source);
            if (total > MaxExpansion * archive.Length)
                throw new CheckpointException(
                    source, $"tensor '{name}': the tensors together have more than {MaxExpansion} times the bytes of the file");
            if (!storages.TryGetValue(view.Storage.Key, out var storage))
                storages[view.Storage.Key] = storage = archive.Read(entryOf(view.Storage.Key), name);
            if (storage.Length != view.Storage.Type.ByteCount([view.Storage.Count]))
                throw new CheckpointException(
                    source, $"tensor '{name}': storage {view.Storage.Key} has {storage.Length} bytes, not {view.Storage.Count} x "
                        + $"{view.Storage.Type}");
            if (!tensors.TryAdd(name, TensorView.Read(view, storage)))
                throw new CheckpointException(source, $"tensor '{name}' is there twice");
        }
        return tensors;
    }
}

/// <summary>Names of a state dict without what versions and wrappers of PyTorch did to them.</summary>
internal static class TensorNames
{
    /// <summary>torch.compile wraps a module under this name.</summary>
    private const string Compiled = "_orig_mod.";

    /// <summary>Weight norm of PyTorch 2.0 and newer: the length is <c>weight_g</c> of before, the direction <c>weight_v</c>.</summary>
    private const string Length = "parametrizations.weight.original0", Direction = "parametrizations.weight.original1";

    public static string Plain(string name)
    {
        var plain = name.Replace(Compiled, "", StringComparison.Ordinal);
        return Rename(plain, Length, "weight_g") ?? Rename(plain, Direction, "weight_v") ?? plain;
    }

    private static string? Rename(string name, string from, string to) =>
        name == from || name.EndsWith("." + from, StringComparison.Ordinal) ? name[..^from.Length] + to : null;
}

/// <summary>
/// A torch.package archive as audiotools saves models: Python sources, <c>Name/Name.pth</c> (the pickled module tree)
/// and <c>Name/Name.metadata</c>. The sources only tell which class names belong to the package; they are never read.
/// </summary>
internal static class TorchPackage
{
    public static (PickleDict Tensors, PickleDict? Arguments) Describe(TorchArchive archive, string path)
    {
        var models = archive.Names.Where(n => n.EndsWith(".pth", StringComparison.Ordinal) && n.Count(c => c == '/') == 1).ToArray();
        if (models is not [var model])
            throw new CheckpointException(path, $"the package holds {models.Length} models, expected one");
        var globals = new PickleGlobals(path, IsModuleClass);
        if (new Unpickler(path, archive.ReadPickle(model), globals).Load() is not PickleObject root)
            throw new CheckpointException(path, $"'{model}' is not a module");

        var metadataName = Path.ChangeExtension(model, ".metadata");
        var metadata = archive.Has(metadataName)
            ? new Unpickler(path, archive.ReadPickle(metadataName), globals).Load()
            : root.State?.Find("metadata");
        return (ModuleTensors.Collect(root, path), (metadata as PickleDict)?.Find("kwargs") as PickleDict);

        bool IsModuleClass(PickleGlobal global) =>
            global.Module.StartsWith("torch.nn.", StringComparison.Ordinal)
            || archive.Has(global.Module.Replace('.', '/') + ".py")
            || archive.Has(global.Module.Replace('.', '/') + "/__init__.py");
    }
}
