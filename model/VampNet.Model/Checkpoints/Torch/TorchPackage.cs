namespace VampNet.Model.Checkpoints.Torch;

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
