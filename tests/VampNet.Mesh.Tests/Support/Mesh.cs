using Grpc.Net.Client;
using VampNet.Client;
using VampNet.Model.Checkpoints;
using VampNet.Model.Packages;
using VampNet.Services.AllInOne;
using VampNet.Services.Inference.Models;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Support;

/// <summary>The whole mesh over real sockets, with the reference's tiny random models.</summary>
public sealed class Mesh : IAsyncLifetime
{
    /// <summary>Longest audio that this mesh takes, in seconds.</summary>
    public const int MaxSeconds = 20;

    private MeshHost? _host;

    public TinyPackage Package { get; } = new();

    public MeshHost Host => _host!;

    /// <summary>To the gateway.</summary>
    public GrpcChannel Channel { get; private set; } = null!;

    public VampNetClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _host = await MeshHost.StartAsync(new MeshHostOptions
        {
            // As the reference computed, whatever the processor is fast with.
            Model = new ModelOptions { Path = Package.Folder, Precision = Precisions.Full },
            // Every test hears its audio anew, whichever came before it.
            Configuration = new Dictionary<string, string> { ["Limits:MaxSeconds"] = $"{MaxSeconds}", ["EncodeCache:MaxBytes"] = "0" },
            GatewayConfiguration = new Dictionary<string, string> { ["Http:Port"] = $"{FreePort.Find()}" },
        });
        Channel = GrpcChannel.ForAddress(_host.Gateway);
        Client = new VampNetClient(Channel);
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Host.DisposeAsync();
        Package.Dispose();
    }
}

/// <summary>Tests that share one mesh; they run one after the other, and nothing beside them: some count tensors.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeshTests : ICollectionFixture<Mesh>
{
    public const string Name = "mesh";
}

/// <summary>A model package of the reference's tiny checkpoints.</summary>
public sealed class TinyPackage : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="change">of what it is made; null = nothing</param>
    public TinyPackage(Func<PackageSources, PackageSources>? change = null) => Write(change);

    public string Folder => _folder.Path;

    /// <summary>Writes the package, in the place of what is there.</summary>
    public void Write(Func<PackageSources, PackageSources>? change = null)
    {
        var sources = new PackageSources
        {
            Name = "tiny",
            Version = "1.0.0",
            Licence = "CC0-1.0",
            Codec = Goldens.File("codec_tiny.pth"),
            Coarse = Goldens.File("coarse_tiny.pth"),
            Fine = Goldens.File("c2f_tiny.pth"),
        };
        CheckpointConverter.BuildPackage(change?.Invoke(sources) ?? sources, _folder.Path);
    }

    /// <summary>Writes another version of the same package, in which one tensor of one part is upside down.</summary>
    public void Revise(string version, string part, string tensor) => Change(version, part, weights => Reverse(weights, tensor));

    /// <summary>Writes another version of the same package, in which one part is changed.</summary>
    public void Change(string version, string part, Func<TensorTable, TensorTable> change)
    {
        var package = ModelPackage.Open(Folder);
        var parts = package.Manifest.Parts.Keys.ToDictionary(name => name, name =>
        {
            var loaded = package.Load(name);
            return (loaded.Kind, name == part ? change(loaded.Weights) : loaded.Weights);
        });
        ModelPackage.Create(Folder, package.Manifest.Name, version, package.Manifest.Licence, parts);
    }

    /// <summary>Says which temperature suits a generator.</summary>
    public void Suit(string part, float temperature)
    {
        var manifest = ModelManifest.Read(Folder);
        var parts = new Dictionary<string, ModelPart>(manifest.Parts) { [part] = manifest.Parts[part] with { Temperature = temperature } };
        (manifest with { Parts = parts }).Write(Folder);
    }

    private static TensorTable Reverse(TensorTable weights, string name)
    {
        var values = weights[name].ToFloats();
        values.AsSpan().Reverse();
        var tensors = new OrderedDictionary<string, RawTensor>(weights.Tensors)
        { [name] = RawTensor.FromFloats(values, weights[name].Shape) };
        return new TensorTable(weights.Source, tensors, weights.Metadata);
    }

    /// <summary>Damages one byte of a weight file.</summary>
    public void Damage(string part)
    {
        var path = _folder.File($"{part}.safetensors");
        var bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 0xFF;
        File.WriteAllBytes(path, bytes);
    }

    public void Dispose() => _folder.Dispose();
}
