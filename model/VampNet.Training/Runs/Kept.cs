using TorchSharp;
using VampNet.Model.Checkpoints;
using static TorchSharp.torch;

namespace VampNet.Training.Runs;

/// <summary>One file of a checkpoint: something that a run must find again to go on as if it had never stopped.</summary>
/// <param name="Name">of the file</param>
/// <param name="Save">writes it to a path</param>
/// <param name="Load">reads it from a path</param>
internal sealed record Kept(string Name, Action<string> Save, Action<string> Load)
{
    /// <summary>A network's parameters, as float32.</summary>
    /// <param name="isKept">by name of the parameter; null = all</param>
    public static Kept Weights(
        string name, nn.Module network, IReadOnlyDictionary<string, string>? metadata = null, Func<string, bool>? isKept = null) => new(
            name,
            path => Safetensors.Write(path, network.ToTable(ElementType.F32, metadata ?? new Dictionary<string, string>(), isKept)),
            path => network.LoadTable(Safetensors.Read(path), isWanted: isKept));

    public static Kept Binary(string name, Action<BinaryWriter> save, Action<BinaryReader> load) => new(
        name,
        path =>
        {
            using var writer = new BinaryWriter(File.Create(path));
            save(writer);
        },
        path =>
        {
            using var reader = new BinaryReader(File.OpenRead(path));
            load(reader);
        });
}
