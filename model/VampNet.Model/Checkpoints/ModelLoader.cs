using System.Text.Json;
using TorchSharp;
using VampNet.Model.Beats;
using VampNet.Model.Beats.WaveBeat;
using VampNet.Model.Codec;
using VampNet.Model.Sampling;
using VampNet.Model.Tokens;
using VampNet.Model.Transformer;
using static TorchSharp.torch;

namespace VampNet.Model.Checkpoints;

/// <summary>Builds the networks of a model package.</summary>
public static class ModelLoader
{
    /// <summary>Longest stretch of music that the coarse and the fine model were trained on (paper 4.2), in seconds.</summary>
    private const double CoarseSeconds = 10, FineSeconds = 3;

    /// <exception cref="CheckpointException">the package has no codec, or it is damaged; names file and tensor</exception>
    public static TokenCodec LoadCodec(ModelPackage package, string device)
    {
        using var frozen = no_grad();
        return new TokenCodec(LoadCodecNetwork(package), new Device(device));
    }

    /// <param name="part"><see cref="PartNames.Coarse"/> or <see cref="PartNames.Fine"/></param>
    /// <param name="precision"><see cref="Precisions.Full"/> or <see cref="Precisions.Half"/></param>
    /// <param name="adapter">one of the package's, to merge into the weights; null = none</param>
    /// <exception cref="CheckpointException">the package has no such part or no codec, or one is damaged; names file and tensor</exception>
    public static TokenGenerator LoadGenerator(ModelPackage package, string part, string device, string precision = Precisions.Full, string? adapter = null)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var network = LoadTransformer(package, part, adapter);
        var options = network.Options;
        using var codec = LoadCodecNetwork(package);
        if (options.Codebooks > codec.Quantizer.Quantizers.Count || options.LatentDimension != codec.Quantizer.Quantizers[0].Codebook.Weight.size(1))
            throw new CheckpointException(package.Manifest.Parts[part].File, $"needs {options.Codebooks} codebooks of dimension {options.LatentDimension}, which the package's codec does not have");
        var seconds = options.ConditioningCodebooks > 0 ? FineSeconds : CoarseSeconds;
        var window = new FrameRate(codec.SampleRate, codec.Hop).ToFrames(seconds);
        return new TokenGenerator(network, TokenCodec.EntriesOf(codec, options.Codebooks), window, new Device(device), Precisions.Type(precision));
    }

    /// <param name="package">with a part "beats"</param>
    /// <exception cref="CheckpointException">the package has no such part, or it is damaged or no WaveBeat; names file and tensor</exception>
    public static WaveBeatTracker LoadBeatTracker(ModelPackage package, string device)
    {
        using var frozen = no_grad();
        var loaded = package.Load(PartNames.Beats);
        if (loaded.Kind != BeatTrackerKinds.WaveBeat)
            throw new CheckpointException(loaded.Weights.Source, $"is a beat tracker of the unknown kind '{loaded.Kind}'");
        return new WaveBeatTracker(LoadWaveBeat(loaded.Arguments, loaded.Weights), new Device(device));
    }

    internal static WaveBeatNetwork LoadWaveBeat(HyperParameters arguments, TensorTable weights)
    {
        var network = new WaveBeatNetwork(WaveBeatOptions.From(arguments, weights));
        network.LoadTable(weights);
        return network;
    }

    /// <summary>The bare network of a generator.</summary>
    /// <inheritdoc cref="LoadGenerator"/>
    public static VampNetTransformer LoadTransformer(ModelPackage package, string part, string? adapter = null)
    {
        var loaded = package.Load(part);
        var network = new VampNetTransformer(VampNetOptions.From(loaded.Arguments, loaded.Weights.Source));
        network.LoadTable(Lora.Merge(loaded.Weights, adapter is null ? null : package.LoadAdapter(part, adapter)));
        return network;
    }

    /// <summary>The bare network of the codec.</summary>
    /// <inheritdoc cref="LoadCodec"/>
    public static CodecNetwork LoadCodecNetwork(ModelPackage package)
    {
        var loaded = package.Load(PartNames.Codec);
        var network = CreateCodec(loaded.Kind, loaded.Arguments, loaded.Weights);
        network.LoadTable(loaded.Weights);
        return network;
    }

    /// <summary>An untrained codec of the given family and sizes.</summary>
    internal static CodecNetwork CreateCodec(string kind, HyperParameters arguments, TensorTable weights) => kind switch
    {
        CodecKinds.Spectral => new SpectralCodec(SpectralCodecArguments.Read(arguments)),
        CodecKinds.Lac or CodecKinds.Dac => new ConvolutionalCodec(ConvolutionalCodecArguments.Read(arguments, weights), fusion: kind == CodecKinds.Lac),
        _ => throw new CheckpointException(weights.Source, $"is a codec of the unknown kind '{kind}'"),
    };
}

/// <summary>What generators compute in, as configurations name it. Codecs compute in float32 always.</summary>
public static class Precisions
{
    public const string Full = "float32", Half = "bfloat16";

    internal static ScalarType Type(string name) => name switch
    {
        Full => ScalarType.Float32,
        Half => ScalarType.BFloat16,
        _ => throw new ArgumentException($"the precision '{name}' is neither {Full} nor {Half}", nameof(name)),
    };
}

/// <summary>Codec families, as manifests name them.</summary>
public static class CodecKinds
{
    public const string Lac = "lac", Dac = "dac", Spectral = "spectral";
}

/// <summary>Sizes of a <see cref="SpectralCodec"/> to and from a file's metadata.</summary>
public static class SpectralCodecArguments
{
    public static SpectralCodecOptions Read(HyperParameters arguments)
    {
        var defaults = new SpectralCodecOptions();
        return new SpectralCodecOptions(arguments.GetInt("width"), arguments.GetInt("encoder_blocks"), arguments.GetInt("decoder_blocks"), arguments.GetInt("phase_bins"))
        {
            SampleRate = arguments.GetInt("sample_rate", defaults.SampleRate),
            Hop = arguments.GetInt("hop", defaults.Hop),
            Window = arguments.GetInt("window", defaults.Window),
            Codebooks = arguments.GetInt("n_codebooks", defaults.Codebooks),
            CodebookSize = arguments.GetInt("codebook_size", defaults.CodebookSize),
            CodebookDimension = arguments.GetInt("codebook_dim", defaults.CodebookDimension),
        };
    }

    /// <summary>As safetensors metadata.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(SpectralCodecOptions options) => HyperParameterMetadata.Of(new Dictionary<string, double>
    {
        ["width"] = options.Width,
        ["encoder_blocks"] = options.EncoderBlocks,
        ["decoder_blocks"] = options.DecoderBlocks,
        ["phase_bins"] = options.PhaseBins,
        ["sample_rate"] = options.SampleRate,
        ["hop"] = options.Hop,
        ["window"] = options.Window,
        ["n_codebooks"] = options.Codebooks,
        ["codebook_size"] = options.CodebookSize,
        ["codebook_dim"] = options.CodebookDimension,
    });
}

/// <summary>Sizes of a convolutional codec from the reference's constructor arguments.</summary>
internal static class ConvolutionalCodecArguments
{
    public static ConvolutionalCodecOptions Read(HyperParameters arguments, TensorTable weights) => new(
        arguments.GetInt("encoder_dim", 64),
        arguments.GetInts("encoder_rates"),
        arguments.GetInt("decoder_dim", 1536),
        arguments.GetInts("decoder_rates"),
        (int)weights["quantizer.quantizers.0.in_proj.weight_v"].Shape[1],
        arguments.GetInt("n_codebooks"))
    {
        SampleRate = arguments.GetInt("sample_rate", 44100),
        CodebookSize = arguments.GetInt("codebook_size", 1024),
        CodebookDimension = arguments.GetInt("codebook_dim", 8),
    };
}

/// <summary>Constructor arguments as safetensors metadata.</summary>
public static class HyperParameterMetadata
{
    public static IReadOnlyDictionary<string, string> Of(IReadOnlyDictionary<string, double> arguments) =>
        new Dictionary<string, string> { [HyperParameters.MetadataKey] = JsonSerializer.Serialize(arguments) };
}
