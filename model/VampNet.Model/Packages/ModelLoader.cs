using TorchSharp;
using VampNet.Core;
using VampNet.Core.Tokens;
using VampNet.Model.Beats;
using VampNet.Model.Beats.WaveBeat;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Compute;
using VampNet.Model.Layers;
using VampNet.Model.Sampling;
using VampNet.Model.Transformer;
using static TorchSharp.torch;

namespace VampNet.Model.Packages;

/// <summary>Builds the networks of a model package.</summary>
public static class ModelLoader
{
    /// <summary>Longest stretch of music that the coarse and the fine model were trained on (paper 4.2), in seconds.</summary>
    private const double CoarseSeconds = 10, FineSeconds = 3;

    /// <summary>The architecture of all generators, as manifests name it.</summary>
    public const string GeneratorKind = "vampnet";

    /// <summary>The longest stretch of music that such a generator is trained on and generates at once, in seconds.</summary>
    public static double WindowSeconds(VampNetOptions options) => options.ConditioningCodebooks > 0 ? FineSeconds : CoarseSeconds;

    /// <exception cref="CheckpointException">the package has no codec, or it is damaged; names file and tensor</exception>
    public static TokenCodec LoadCodec(ModelPackage package, string device)
    {
        using var frozen = no_grad();
        return new TokenCodec(LoadCodecNetwork(package), new Device(device));
    }

    /// <param name="part"><see cref="PartNames.Coarse"/> or <see cref="PartNames.Fine"/></param>
    /// <param name="precision">one of <see cref="Precisions"/></param>
    /// <param name="adapter">one of the package's, to merge into the weights; null = none</param>
    /// <exception cref="CheckpointException">the package has no such part or no codec, or one is damaged; names file and tensor</exception>
    public static TokenGenerator LoadGenerator(
        ModelPackage package, string part, string device, string precision = Precisions.Full, string? adapter = null)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var codec = package.Load(PartNames.Codec);
        var (target, type) = (new Device(device), Precisions.Type(precision, device));
        var loaded = LoadGenerator(package, part, adapter);
        VampNetTransformer network;
        using (Initial.Skip(type, target))
            network = LoadTransformer(loaded.Arguments, loaded.Weights);
        try
        {
            var (sampleRate, hop) = CodecArguments.Rate(codec.Kind, codec.Arguments, codec.Weights);
            var window = new FrameRate(sampleRate, hop).ToFrames(WindowSeconds(network.Options));
            return new TokenGenerator(network, Entries(codec.Weights, network.Options), window, target, type)
            {
                Temperature = package.Manifest.Parts[part].Temperature ?? 1f,
            };
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <param name="package">with a part "beats"</param>
    /// <exception cref="CheckpointException">
    /// the package has no such part, or it is damaged or no WaveBeat; names file and tensor
    /// </exception>
    public static WaveBeatTracker LoadBeatTracker(ModelPackage package, string device)
    {
        using var frozen = no_grad();
        var loaded = package.Load(PartNames.Beats);
        if (loaded.Kind != BeatTrackerKinds.WaveBeat)
            throw new CheckpointException(loaded.Weights.Source, $"is a beat tracker of the unknown kind '{loaded.Kind}'");
        return new WaveBeatTracker(LoadWaveBeat(loaded.Arguments, loaded.Weights), new Device(device));
    }

    /// <returns>ready to track: its norms use what training left behind</returns>
    internal static WaveBeatNetwork LoadWaveBeat(HyperParameters arguments, TensorTable weights)
    {
        var network = Fill(new WaveBeatNetwork(WaveBeatOptions.From(arguments, weights)), weights);
        network.eval();
        return network;
    }

    /// <summary>The bare network of a generator.</summary>
    /// <param name="dropout">to train it with; null = what it was trained with</param>
    /// <inheritdoc cref="LoadGenerator"/>
    public static VampNetTransformer LoadTransformer(ModelPackage package, string part, string? adapter = null, double? dropout = null)
    {
        var loaded = LoadGenerator(package, part, adapter);
        using var bare = Initial.Skip(ScalarType.Float32, CPU);
        return LoadTransformer(loaded.Arguments, loaded.Weights, dropout);
    }

    /// <summary>The weights of a generator, with an adapter merged into them.</summary>
    private static LoadedPart LoadGenerator(ModelPackage package, string part, string? adapter)
    {
        var loaded = package.Load(part);
        return loaded.Kind == GeneratorKind
            ? loaded with { Weights = Lora.Merge(loaded.Weights, adapter is null ? null : package.LoadAdapter(part, adapter)) }
            : throw new CheckpointException(loaded.Weights.Source, $"is a generator of the unknown kind '{loaded.Kind}'");
    }

    /// <param name="weights">without adapters</param>
    internal static VampNetTransformer LoadTransformer(HyperParameters arguments, TensorTable weights, double? dropout = null)
    {
        var options = VampNetOptions.From(arguments, weights);
        return Fill(new VampNetTransformer(options with { Dropout = dropout ?? options.Dropout }), weights);
    }

    /// <summary>The bare network of the codec.</summary>
    /// <inheritdoc cref="LoadCodec"/>
    public static CodecNetwork LoadCodecNetwork(ModelPackage package)
    {
        var loaded = package.Load(PartNames.Codec);
        using var bare = Initial.Skip(ScalarType.Float32, CPU);
        return LoadCodecNetwork(loaded.Kind, loaded.Arguments, loaded.Weights);
    }

    internal static CodecNetwork LoadCodecNetwork(string kind, HyperParameters arguments, TensorTable weights) => Fill<CodecNetwork>(
        kind switch
        {
            CodecKinds.Spectral => new SpectralCodec(SpectralCodecArguments.Read(arguments, weights)),
            CodecKinds.Lac or CodecKinds.Dac => new ConvolutionalCodec(
                ConvolutionalCodecArguments.Read(arguments, weights), fusion: kind == CodecKinds.Lac),
            _ => throw CodecArguments.UnknownKind(kind, weights),
        },
        weights);

    /// <summary>The codec's entries that a generator sees tokens by.</summary>
    /// <returns>(codebooks, vocabulary, latent)</returns>
    internal static Tensor Entries(TensorTable codec, VampNetOptions options) => stack(Enumerable.Range(0, options.Codebooks).Select(i =>
    {
        var entries = codec.Get(CodecArguments.Codebook(i), options.Vocabulary, options.LatentDimension);
        return entries.ToTensor().to(float32);
    }));

    /// <summary>The network with these weights; it is disposed where they do not fit.</summary>
    private static T Fill<T>(T network, TensorTable weights)
        where T : nn.Module
    {
        try
        {
            network.LoadTable(weights);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}

/// <summary>What generators compute in, as configurations name it. Codecs compute in float32 always.</summary>
public static class Precisions
{
    public const string Full = "float32", Half = "bfloat16";

    /// <summary>
    /// bfloat16 on processors that are faster with it, else float32; by the kind of processor, so that equal machines agree.
    /// </summary>
    public const string Auto = "auto";

    public static bool IsKnown(string name) => name is Auto or Full or Half;

    /// <summary>The name of what generators really compute in on a device.</summary>
    public static string Resolve(string name, string device) => name switch
    {
        Auto => device == "cpu" && Processor.HasFastBfloat16 ? Half : Full,
        Full or Half => name,
        _ => throw new ArgumentException($"the precision '{name}' is none of {Auto}, {Full} and {Half}", nameof(name)),
    };

    /// <summary>A device and what it computes in, as a log says it: such as "cpu (2 threads) in float32".</summary>
    public static string Describe(string name, string device) =>
        $"{device}{(device == "cpu" ? $" ({get_num_threads()} threads)" : "")} in {Resolve(name, device)}";

    internal static ScalarType Type(string name, string device) => Resolve(name, device) == Half ? ScalarType.BFloat16 : ScalarType.Float32;
}
