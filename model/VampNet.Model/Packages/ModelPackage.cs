using System.Security.Cryptography;
using System.Text;
using VampNet.Core;
using VampNet.Model.Checkpoints;

namespace VampNet.Model.Packages;

/// <summary>One network, read and verified.</summary>
/// <param name="Kind">which architecture</param>
/// <param name="Arguments">its constructor arguments</param>
/// <param name="Weights">its tensors</param>
public sealed record LoadedPart(string Kind, HyperParameters Arguments, TensorTable Weights);

/// <summary>A folder with <c>manifest.json</c> and one safetensors file a network: what services load.</summary>
public sealed class ModelPackage
{
    private readonly string _folder;
    private readonly Dictionary<string, TensorTable> _read = [];

    private ModelPackage(string folder, ModelManifest manifest) => (_folder, Manifest) = (folder, manifest);

    public ModelManifest Manifest { get; }

    /// <summary>Reads the manifest; weights are read by <see cref="Load"/>.</summary>
    /// <exception cref="CheckpointException">no valid manifest there</exception>
    public static ModelPackage Open(string folder) => new(folder, ModelManifest.Read(folder));

    /// <summary>Names of the adapters.</summary>
    public IEnumerable<string> Adapters => Manifest.Adapters?.Keys ?? [];

    /// <summary>Writes weight files, then the manifest; hyper-parameters are those in the tables' metadata.</summary>
    /// <param name="parts">by part name: architecture and weights</param>
    /// <param name="adapters">by name: the tensors of each by part name</param>
    /// <param name="start">a package whose temperatures and presets the new one takes over, and the parts that are not given</param>
    public static ModelPackage Create(
        string folder,
        string name,
        string version,
        string licence,
        IReadOnlyDictionary<string, (string Kind, TensorTable Weights)> parts,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, TensorTable>>? adapters = null,
        ModelPackage? start = null)
    {
        Directory.CreateDirectory(folder);
        var before = start?.Manifest.Parts ?? new Dictionary<string, ModelPart>();
        var described = new OrderedDictionary<string, ModelPart>();
        foreach (var (part, (kind, weights)) in parts.Concat(before.Keys.Except(parts.Keys).Select(Taken)))
        {
            var file = Write(folder, $"{part}.safetensors", weights);
            described.Add(
                part,
                new ModelPart(kind, file.File, file.Sha256, weights.HyperParameters().Json, before.GetValueOrDefault(part)?.Temperature));
        }
        var adapted = adapters?.ToDictionary(a => a.Key, a => (IReadOnlyDictionary<string, ModelFile>)WriteAdapter(folder, a.Key, a.Value));
        new ModelManifest(name, version, licence, described, adapted is { Count: > 0 } ? adapted : null)
        {
            Presets = start?.Manifest.Presets,
        }.Write(folder);
        return Open(folder);

        KeyValuePair<string, (string Kind, TensorTable Weights)> Taken(string part)
        {
            var loaded = start!.Load(part);
            return new(part, (loaded.Kind, loaded.Weights));
        }
    }

    /// <summary>
    /// Adds a fine-tuning, or replaces the one of that name; everything else stays as it is. Services that watch the folder
    /// take it for a new version.
    /// </summary>
    /// <param name="adapter">its name, <see cref="ModelNames"/></param>
    /// <param name="parts">what it changes of each generator: low-rank adapters, or whole tensors</param>
    /// <exception cref="CheckpointException">it does not fit the weights, or the name cannot be; nothing is written then</exception>
    public ModelPackage AddAdapter(string adapter, IReadOnlyDictionary<string, TensorTable> parts)
    {
        if (!ModelNames.IsValid(adapter))
            throw new CheckpointException(Path.Combine(_folder, ModelManifest.FileName), $"adapters.{adapter} {ModelNames.Rule}");
        foreach (var (part, table) in parts)
            Lora.Merge(Load(part).Weights, table); // does it fit?
        var adapters = new Dictionary<string, IReadOnlyDictionary<string, ModelFile>>(
            Manifest.Adapters ?? new Dictionary<string, IReadOnlyDictionary<string, ModelFile>>())
        {
            [adapter] = WriteAdapter(_folder, adapter, parts),
        };
        (Manifest with { Adapters = adapters }).Write(_folder);
        return Open(_folder);
    }

    public bool Has(string part) => Manifest.Parts.ContainsKey(part);

    /// <summary>Whether an adapter of the package changes this part.</summary>
    public bool HasAdapter(string part, string adapter) => FindAdapter(part, adapter) is not null;

    /// <summary>
    /// Of the weights of a part: that of its file, or, with an adapter that changes it, that of the two files' hashes in
    /// lower-case hex, one after the other.
    /// </summary>
    public string Sha256(string part, string? adapter = null)
    {
        var own = Manifest.Parts[part].Sha256;
        return adapter is not null && FindAdapter(part, adapter) is { } file
            ? Hash(new MemoryStream(Encoding.ASCII.GetBytes(own + file.Sha256)))
            : own;
    }

    /// <summary>Reads the weights of one part and checks them against the manifest.</summary>
    /// <param name="part">one of <see cref="PartNames"/></param>
    /// <exception cref="CheckpointException">
    /// not there, or not what the manifest says; names the file, and the tensor where one is damaged
    /// </exception>
    public LoadedPart Load(string part)
    {
        var manifestPath = Path.Combine(_folder, ModelManifest.FileName);
        if (!Manifest.Parts.TryGetValue(part, out var description))
            throw new CheckpointException(manifestPath, $"has no part '{part}'");
        return new LoadedPart(
            description.Kind, new HyperParameters(description.HyperParameters, manifestPath), Read(description.File, description.Sha256));
    }

    /// <summary>Reads what an adapter changes of one part.</summary>
    /// <returns>null where it changes nothing</returns>
    /// <inheritdoc cref="Load"/>
    public TensorTable? LoadAdapter(string part, string adapter) =>
        FindAdapter(part, adapter) is { } file ? Read(file.File, file.Sha256) : null;

    /// <summary>
    /// Reads parts ahead, with their adapters, so that loading them again takes no time; parts that are not there are left out.
    /// </summary>
    /// <exception cref="CheckpointException">as <see cref="Load"/></exception>
    /// <returns>bytes that were read</returns>
    public long ReadAhead(params ReadOnlySpan<string> parts)
    {
        long bytes = 0;
        foreach (var part in parts)
        {
            IEnumerable<ModelFile?> files = [
                Manifest.Parts.GetValueOrDefault(part) is { } own
                ? new ModelFile(own.File, own.Sha256)
                : null, .. Adapters.Select(adapter => FindAdapter(part, adapter))];
            foreach (var file in files.OfType<ModelFile>())
            {
                _read[file.File] = Read(file.File, file.Sha256);
                bytes += _read[file.File].Tensors.Values.Sum(tensor => (long)tensor.ByteCount);
            }
        }
        return bytes;
    }

    private ModelFile? FindAdapter(string part, string adapter) => Manifest.Adapters?.GetValueOrDefault(adapter)?.GetValueOrDefault(part);

    private TensorTable Read(string name, string sha256) =>
        _read.TryGetValue(name, out var known) ? known : CheckpointFile.Open(Path.Combine(_folder, name), file =>
    {
        var hash = file.Sha256();
        var isIntact = hash == sha256;
        var weights = Safetensors.Read(file, verify: !isIntact); // which tensor is damaged says more than a hash
        return isIntact
            ? weights
            : throw new CheckpointException(file.Path, $"is not the file that the manifest describes: its SHA-256 is {hash}, not {sha256}");
    });

    private static Dictionary<string, ModelFile> WriteAdapter(
        string folder, string adapter, IReadOnlyDictionary<string, TensorTable> parts) =>
        parts.ToDictionary(t => t.Key, t => Write(folder, $"{adapter}.{t.Key}.safetensors", t.Value));

    private static ModelFile Write(string folder, string file, TensorTable weights)
    {
        var path = Path.Combine(folder, file);
        Safetensors.Write(path, weights);
        using var written = File.OpenRead(path);
        return new ModelFile(file, Hash(written));
    }

    private static string Hash(Stream file) => Convert.ToHexStringLower(SHA256.HashData(file));
}
