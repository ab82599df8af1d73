using System.Globalization;

namespace VampNet.Training.Runs;

/// <summary>
/// A folder that a run can be continued from: <c>checkpoint/</c> with <c>model.safetensors</c> (float32), <c>step.txt</c>
/// and whatever else the run keeps. Each save is complete before it takes the place of the last one.
/// </summary>
public sealed class RunFolder
{
    public const string ModelFile = "model.safetensors";

    public RunFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        var (current, previous) = (Folder("checkpoint"), Folder("checkpoint.old"));
        if (!Directory.Exists(current) && Directory.Exists(previous)) // stopped between the two renames of Save
            Directory.Move(previous, current);
    }

    public string Path { get; }

    public string ModelPath => System.IO.Path.Combine(Folder("checkpoint"), ModelFile);

    /// <summary>Writes everything after <paramref name="step"/> steps.</summary>
    internal void Save(IEnumerable<Kept> kept, long step)
    {
        var (current, next, old) = (Folder("checkpoint"), Folder("checkpoint.new"), Folder("checkpoint.old"));
        if (Directory.Exists(next))
            Directory.Delete(next, true);
        Directory.CreateDirectory(next);
        foreach (var item in kept)
            item.Save(System.IO.Path.Combine(next, item.Name));
        File.WriteAllText(System.IO.Path.Combine(next, "step.txt"), step.ToString(CultureInfo.InvariantCulture));
        if (Directory.Exists(old))
            Directory.Delete(old, true);
        if (Directory.Exists(current))
            Directory.Move(current, old);
        Directory.Move(next, current);
        if (Directory.Exists(old))
            Directory.Delete(old, true);
    }

    /// <summary>
    /// Restores what <see cref="Save"/> wrote. What the checkpoint does not have begins anew: a run may take on
    /// something later, such as adversarial losses.
    /// </summary>
    /// <returns>the steps done, 0 for a new run</returns>
    internal long Load(IEnumerable<Kept> kept)
    {
        if (!File.Exists(ModelPath))
            return 0;
        foreach (var item in kept)
        {
            var path = System.IO.Path.Combine(Folder("checkpoint"), item.Name);
            if (File.Exists(path))
                item.Load(path);
        }
        return long.Parse(File.ReadAllText(System.IO.Path.Combine(Folder("checkpoint"), "step.txt")), CultureInfo.InvariantCulture);
    }

    private string Folder(string name) => System.IO.Path.Combine(Path, name);
}
