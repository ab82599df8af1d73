using VampNet.Core;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Model.Transformer;
using static TorchSharp.torch;

namespace VampNet.Benchmarks;

/// <summary>A package with networks of the published sizes and random weights: speed does not depend on what they have learnt.</summary>
internal static class OfficialSizes
{
    /// <summary>LAC, 64 channels wide.</summary>
    public static ConvolutionalCodecOptions Codec { get; } = ConvolutionalCodecOptions.OfWidth(64);

    public static VampNetOptions Coarse { get; } = new(Codebooks: 4, ConditioningCodebooks: 0, Dimension: 1280, Heads: 20, Layers: 20);

    public static VampNetOptions Fine { get; } = new(Codebooks: 14, ConditioningCodebooks: 4, Dimension: 1280, Heads: 20, Layers: 16);

    /// <summary>Writes it, 1.5 GB, unless it is there.</summary>
    public static ModelPackage Package(string folder)
    {
        if (File.Exists(Path.Combine(folder, ModelManifest.FileName)))
            return ModelPackage.Open(folder);
        random.manual_seed(1);
        using var codec = new ConvolutionalCodec(Codec, fusion: true);
        using VampNetTransformer coarse = new(Coarse), fine = new(Fine);
        return ModelPackage.Create(folder, "official-sizes", "1", "none", new Dictionary<string, (string, TensorTable)>
        {
            [PartNames.Codec] = (CodecKinds.Lac, codec.ToTable(ElementType.F32, ConvolutionalCodecArguments.Metadata(Codec))),
            [PartNames.Coarse] =
                (ModelLoader.GeneratorKind, coarse.ToTable(ElementType.BF16, HyperParameterMetadata.Of(Coarse.ToArguments()))),
            [PartNames.Fine] = (ModelLoader.GeneratorKind, fine.ToTable(ElementType.BF16, HyperParameterMetadata.Of(Fine.ToArguments()))),
        });
    }
}
