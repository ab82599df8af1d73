using VampNet.Model.Checkpoints;

namespace VampNet.Model.Codec;

/// <summary>Codec families, as manifests name them.</summary>
public static class CodecKinds
{
    public const string Lac = "lac", Dac = "dac", Spectral = "spectral";
}

/// <summary>What the arguments of all codec families have in common.</summary>
internal static class CodecArguments
{
    private const int LowestRate = 8_000, HighestRate = 192_000, LongestHop = 1 << 14;

    /// <summary>Name of the tensor that holds the entries of a codebook.</summary>
    public static string Codebook(int index) => $"quantizer.quantizers.{index}.codebook.weight";

    /// <summary>Samples a second, and samples a frame.</summary>
    /// <exception cref="CheckpointException">the arguments make no codec, or do not fit the weights</exception>
    public static (int SampleRate, int Hop) Rate(string kind, HyperParameters arguments, TensorTable weights)
    {
        switch (kind)
        {
            case CodecKinds.Spectral:
                var spectral = SpectralCodecArguments.Read(arguments, weights);
                return (spectral.SampleRate, spectral.Hop);
            case CodecKinds.Lac or CodecKinds.Dac:
                var convolutional = ConvolutionalCodecArguments.Read(arguments, weights);
                return (convolutional.SampleRate, convolutional.Hop);
            default:
                throw UnknownKind(kind, weights);
        }
    }

    public static CheckpointException UnknownKind(string kind, TensorTable weights) =>
        new(weights.Source, $"is a codec of the unknown kind '{kind}'");

    /// <summary>Checks what no tensor's shape says, and that every codebook is there.</summary>
    public static void Check(TensorTable weights, int sampleRate, long hop, int codebooks, int entries, int dimension)
    {
        if (sampleRate is < LowestRate or > HighestRate)
            throw new CheckpointException(
                weights.Source, $"hyper-parameter 'sample_rate' is {sampleRate}, expected {LowestRate} to {HighestRate}");
        if (hop is < 1 or > LongestHop)
            throw new CheckpointException(weights.Source, $"hyper-parameters make frames of {hop} samples, expected 1 to {LongestHop}");
        if (codebooks < 1)
            throw new CheckpointException(weights.Source, $"hyper-parameter 'n_codebooks' is {codebooks}");
        for (var i = 0; i < codebooks; i++)
            weights.Fit("n_codebooks, codebook_size and codebook_dim", Codebook(i), entries, dimension);
    }
}

/// <summary>Sizes of a <see cref="SpectralCodec"/> to and from a file's metadata.</summary>
public static class SpectralCodecArguments
{
    private const int LongestReach = 16, LongestWindow = 1 << 16; // the margins of a chunk cover what the codebooks see together

    /// <summary>Checked against the weights, so that nothing larger than the file is built.</summary>
    /// <exception cref="CheckpointException">one is missing, of the wrong type, senseless, or does not fit the weights</exception>
    public static SpectralCodecOptions Read(HyperParameters arguments, TensorTable weights)
    {
        var defaults = new SpectralCodecOptions();
        var options = new SpectralCodecOptions(
            arguments.GetInt("width"), arguments.GetInt("encoder_blocks"), arguments.GetInt("decoder_blocks"))
        {
            SampleRate = arguments.GetInt("sample_rate", defaults.SampleRate),
            Hop = arguments.GetInt("hop", defaults.Hop),
            Spectra = arguments.GetInt("spectra"),
            Window = arguments.GetInt("window", defaults.Window),
            LowWindow = arguments.GetInt("low_window"),
            Crossover = arguments.GetInt("crossover"),
            Codebooks = arguments.GetInt("n_codebooks", defaults.Codebooks),
            CodebookSize = arguments.GetInt("codebook_size", defaults.CodebookSize),
            CodebookDimension = arguments.GetInt("codebook_dim", defaults.CodebookDimension),
            CoarseCodebooks = arguments.GetInt("coarse_codebooks"),
            Reach = arguments.GetInt("reach"),
            CourseBands = arguments.GetInt("course_bands", 0),
        };
        CodecArguments.Check(weights, options.SampleRate, options.Hop, options.Codebooks, options.CodebookSize, options.CodebookDimension);
        var width = (long)options.Width;
        if (!IsValid(options))
            throw new CheckpointException(weights.Source, $"hyper-parameters make no spectral codec: {options}");
        const string Sizes = "width, window, spectra, low_window and crossover";
        weights.Fit(Sizes, "detail_input.weight", width, SpectralCodec.BinsPerFrame(options));
        weights.Fit(Sizes, "head.weight", SpectralCodec.BinsPerFrame(options), width);
        foreach (var (module, side, blocks) in new[] { ("detail_encoder", "encoder", options.EncoderBlocks),
            ("decoder", "decoder", options.DecoderBlocks) })
        {
            for (var i = 0; i < blocks; i++)
                weights.Fit($"width and {side}_blocks", $"{module}.{i}.up.weight", 3 * width, width);
            weights.Fit($"width and {side}_blocks", $"{module}.{Math.Max(0, blocks)}.weight", width);
        }
        return options;
    }

    /// <summary>Whether sizes fit each other.</summary>
    public static bool IsValid(SpectralCodecOptions options) =>
        options.Spectra >= 1 && options.Hop % options.Spectra == 0 && Tiles(options.Window, options.Hop / options.Spectra)
        && Tiles(options.LowWindow, options.Hop)
        && options.Crossover >= 1 && options.Crossover <= options.SampleRate / 4
        && options.Width % ConstantQ.Octaves == 0 && options.CoarseCodebooks >= 0 && options.CoarseCodebooks <= options.Codebooks
        && options.Reach is >= 0 and <= LongestReach && HasCourse(options);

    /// <summary>It has none, or one of equal bands beside an average.</summary>
    private static bool HasCourse(SpectralCodecOptions options) =>
        options.CourseBands == 0
        || (options.CourseBands > 0 && options.Width % options.CourseBands == 0 && options.CoarseCodebooks > 1
            && options.CourseBands * (2 * options.Reach + 1) >= options.CodebookDimension);

    private static bool Tiles(int window, int hop) =>
        window >= hop && window <= LongestWindow && window % hop == 0 && (window - hop) % 2 == 0;

    /// <summary>As safetensors metadata.</summary>
    public static IReadOnlyDictionary<string,
        string> Metadata(SpectralCodecOptions options) => HyperParameterMetadata.Of(new Dictionary<string, double>
        {
            ["width"] = options.Width,
            ["encoder_blocks"] = options.EncoderBlocks,
            ["decoder_blocks"] = options.DecoderBlocks,
            ["spectra"] = options.Spectra,
            ["sample_rate"] = options.SampleRate,
            ["hop"] = options.Hop,
            ["window"] = options.Window,
            ["low_window"] = options.LowWindow,
            ["crossover"] = options.Crossover,
            ["n_codebooks"] = options.Codebooks,
            ["codebook_size"] = options.CodebookSize,
            ["codebook_dim"] = options.CodebookDimension,
            ["coarse_codebooks"] = options.CoarseCodebooks,
            ["reach"] = options.Reach,
            ["course_bands"] = options.CourseBands,
        });
}

/// <summary>Sizes of a convolutional codec from the reference's constructor arguments.</summary>
public static class ConvolutionalCodecArguments
{
    /// <summary>The arguments that are understood; training alone uses "quantizer_dropout".</summary>
    internal static readonly string[] Known =
        ["encoder_dim", "encoder_rates", "latent_dim", "decoder_dim", "decoder_rates", "n_codebooks", "codebook_size", "codebook_dim",
            "sample_rate", "quantizer_dropout"];

    /// <inheritdoc cref="SpectralCodecArguments.Read"/>
    public static ConvolutionalCodecOptions Read(HyperParameters arguments, TensorTable weights)
    {
        var options = new ConvolutionalCodecOptions(
            arguments.GetInt("encoder_dim", 64),
            Rates(arguments, weights, "encoder_rates"),
            arguments.GetInt("decoder_dim", 1536),
            Rates(arguments, weights, "decoder_rates"),
            weights["quantizer.quantizers.0.in_proj.weight_v"].Shape is [_, > 0 and <= int.MaxValue and var latent, _] ? (int)latent : 0,
            arguments.GetInt("n_codebooks"))
        {
            SampleRate = arguments.GetInt("sample_rate", 44100),
            CodebookSize = arguments.GetInt("codebook_size", 1024),
            CodebookDimension = arguments.GetInt("codebook_dim", 8),
        };
        var hop = Product(options.EncoderRates);
        if (Product(options.DecoderRates) != hop)
            throw new CheckpointException(
                weights.Source,
                $"hyper-parameters 'encoder_rates' and 'decoder_rates' multiply to {hop} and {Product(options.DecoderRates)}");
        CodecArguments.Check(weights, options.SampleRate, hop, options.Codebooks, options.CodebookSize, options.CodebookDimension);
        CheckEncoder(options, weights);
        CheckDecoder(options, weights);
        return options;
    }

    /// <summary>As safetensors metadata.</summary>
    public static IReadOnlyDictionary<string,
        string> Metadata(ConvolutionalCodecOptions options) => HyperParameterMetadata.Of(new Dictionary<string, object>
        {
            ["encoder_dim"] = options.EncoderWidth,
            ["encoder_rates"] = options.EncoderRates,
            ["latent_dim"] = options.Latent,
            ["decoder_dim"] = options.DecoderWidth,
            ["decoder_rates"] = options.DecoderRates,
            ["n_codebooks"] = options.Codebooks,
            ["codebook_size"] = options.CodebookSize,
            ["codebook_dim"] = options.CodebookDimension,
            ["sample_rate"] = options.SampleRate,
        });

    private static void CheckEncoder(ConvolutionalCodecOptions options, TensorTable weights)
    {
        long width = options.EncoderWidth;
        weights.Fit("encoder_dim", "encoder.block.0.weight_v", width, 1, 7);
        foreach (var (i, rate) in options.EncoderRates.Index())
        {
            weights.Fit("encoder_dim and encoder_rates", $"encoder.block.{i + 1}.block.4.weight_v", 2 * width, width, 2 * rate);
            width *= 2;
        }
        weights.Fit("encoder_dim and encoder_rates", $"encoder.block.{options.EncoderRates.Length + 2}.weight_v", options.Latent, width, 3);
    }

    private static void CheckDecoder(ConvolutionalCodecOptions options, TensorTable weights)
    {
        long width = options.DecoderWidth;
        weights.Fit("decoder_dim", "decoder.model.0.weight_v", width, options.Latent, 7);
        foreach (var (i, rate) in options.DecoderRates.Index())
        {
            weights.Fit("decoder_dim and decoder_rates", $"decoder.model.{i + 1}.block.1.weight_v", width, width / 2, 2 * rate);
            width /= 2;
        }
        weights.Fit("decoder_dim and decoder_rates", $"decoder.model.{options.DecoderRates.Length + 2}.weight_v", 1, width, 7);
    }

    private static int[] Rates(HyperParameters arguments, TensorTable weights, string name)
    {
        const int Most = 16;
        var rates = arguments.GetInts(name);
        // The published ones are; odd ones would come out a sample short.
        return rates.Length is > 0 and <= Most && rates.All(rate => rate is >= 2 and <= 1024 && rate % 2 == 0)
            ? rates
            : throw new CheckpointException(
            weights.Source, $"hyper-parameter '{name}' is ({string.Join(", ", rates)}), expected 1 to {Most} even numbers of at most 1024");
    }

    private static long Product(int[] rates) => (long)Math.Min(long.MaxValue / 2, rates.Aggregate(1.0, (product, rate) => product * rate));
}
