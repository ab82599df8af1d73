using TorchSharp.Modules;
using VampNet.Model.Checkpoints;
using static TorchSharp.torch;

namespace VampNet.Training.Runs;

/// <summary>
/// A folder that a run can be continued from: <c>model.safetensors</c> (float32), <c>optimizer.bin</c> and
/// <c>step.txt</c>. Each save is complete before it takes the place of the last one.
/// </summary>
public sealed class RunFolder
{
    public RunFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        var current = System.IO.Path.Combine(path, "checkpoint");
        var previous = System.IO.Path.Combine(path, "checkpoint.old");
        if (!Directory.Exists(current) && Directory.Exists(previous)) // stopped between the two renames of Save
            Directory.Move(previous, current);
    }

    public string Path { get; }

    public string ModelPath => System.IO.Path.Combine(Path, "checkpoint", "model.safetensors");

    /// <summary>Writes model and optimiser after <paramref name="step"/> steps.</summary>
    public void Save(nn.Module model, optim.Optimizer optimizer, IReadOnlyDictionary<string, string> metadata, long step)
    {
        var (current, next, old) = (Folder("checkpoint"), Folder("checkpoint.new"), Folder("checkpoint.old"));
        if (Directory.Exists(next))
            Directory.Delete(next, true);
        Directory.CreateDirectory(next);
        Safetensors.Write(System.IO.Path.Combine(next, "model.safetensors"), model.ToTable(ElementType.F32, metadata));
        using (var writer = new BinaryWriter(File.Create(System.IO.Path.Combine(next, "optimizer.bin"))))
            optimizer.save_state_dict(writer);
        File.WriteAllText(System.IO.Path.Combine(next, "step.txt"), step.ToString());
        if (Directory.Exists(old))
            Directory.Delete(old, true);
        if (Directory.Exists(current))
            Directory.Move(current, old);
        Directory.Move(next, current);
        if (Directory.Exists(old))
            Directory.Delete(old, true);
    }

    /// <summary>Restores what <see cref="Save"/> wrote.</summary>
    /// <returns>the steps done, 0 for a new run</returns>
    public long Load(nn.Module model, optim.Optimizer optimizer)
    {
        if (!File.Exists(ModelPath))
            return 0;
        model.LoadTable(Safetensors.Read(ModelPath));
        using (var reader = new BinaryReader(File.OpenRead(System.IO.Path.Combine(Path, "checkpoint", "optimizer.bin"))))
            optimizer.load_state_dict(reader);
        return long.Parse(File.ReadAllText(System.IO.Path.Combine(Path, "checkpoint", "step.txt")));
    }

    private string Folder(string name) => System.IO.Path.Combine(Path, name);
}
