using System.Security.Cryptography;

namespace VampNet.Model.Checkpoints;

/// <summary>One network, read and verified.</summary>
/// <param name="Kind">which architecture</param>
/// <param name="Arguments">its constructor arguments</param>
/// <param name="Weights">its tensors</param>
public sealed record LoadedPart(string Kind, HyperParameters Arguments, TensorTable Weights);

/// <summary>A folder with <c>manifest.json</c> and one safetensors file a network: what services load.</summary>
public sealed class ModelPackage
{
    private readonly string _folder;

    private ModelPackage(string folder, ModelManifest manifest) => (_folder, Manifest) = (folder, manifest);

    public ModelManifest Manifest { get; }

    /// <summary>Reads the manifest; weights are read by <see cref="Load"/>.</summary>
    /// <exception cref="CheckpointException">no valid manifest there</exception>
    public static ModelPackage Open(string folder) => new(folder, ModelManifest.Read(folder));

    /// <summary>Writes weight files and manifest; hyper-parameters are those in the tables' metadata.</summary>
    /// <param name="parts">by part name: architecture and weights</param>
    public static ModelPackage Create(string folder, string name, string version, string licence, IReadOnlyDictionary<string, (string Kind, TensorTable Weights)> parts)
    {
        Directory.CreateDirectory(folder);
        var described = new OrderedDictionary<string, ModelPart>();
        foreach (var (part, (kind, weights)) in parts)
        {
            var file = part + ".safetensors";
            Safetensors.Write(Path.Combine(folder, file), weights);
            using var written = File.OpenRead(Path.Combine(folder, file));
            described.Add(part, new ModelPart(kind, file, Hash(written), weights.HyperParameters().Json));
        }
        new ModelManifest(name, version, licence, described).Write(folder);
        return Open(folder);
    }

    public bool Has(string part) => Manifest.Parts.ContainsKey(part);

    /// <summary>Reads the weights of one part and checks them against the manifest.</summary>
    /// <param name="part">one of <see cref="PartNames"/></param>
    /// <exception cref="CheckpointException">not there, or not what the manifest says; names the file, and the tensor where one is damaged</exception>
    public LoadedPart Load(string part)
    {
        var manifestPath = Path.Combine(_folder, ModelManifest.FileName);
        if (!Manifest.Parts.TryGetValue(part, out var description))
            throw new CheckpointException(manifestPath, $"has no part '{part}'");
        return CheckpointFile.Read(Path.Combine(_folder, description.File), (file, path) =>
        {
            var hash = Hash(file);
            var isIntact = hash == description.Sha256;
            var weights = Safetensors.Read(file, path, verify: !isIntact); // which tensor is damaged says more than a hash
            return isIntact
                ? new LoadedPart(description.Kind, new HyperParameters(description.HyperParameters, manifestPath), weights)
                : throw new CheckpointException(path, $"is not the file that the manifest describes: its SHA-256 is {hash}, not {description.Sha256}");
        });
    }

    private static string Hash(Stream file) => Convert.ToHexStringLower(SHA256.HashData(file));
}
