using TorchSharp;
using VampNet.Core;
using VampNet.Core.Prompts;
using VampNet.Model.Beats;
using VampNet.Model.Beats.WaveBeat;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Model.Transformer;
using VampNet.Training.Beats;
using VampNet.Training.Codec;
using VampNet.Training.Data;
using VampNet.Training.Generators;
using VampNet.Training.Runs;
using static TorchSharp.torch;

namespace VampNet.Training;

/// <summary>The training of each network, and the package that comes out.</summary>
public static class Trainings
{
    /// <summary>Length of the stretches that generators are measured on.</summary>
    private const int CoarseFrames = 256, FineFrames = 173;

    /// <summary>Trains a spectral codec.</summary>
    /// <param name="start">
    /// a package whose codec's weights it begins with, as far as they have the same names and shapes; its codebooks begin from data all the
    /// same. null = none
    /// </param>
    /// <exception cref="InvalidDataException">the model's sizes do not fit each other</exception>
    public static void TrainCodec(
        TrainingSetup setup, SpectralCodecOptions model, ModelPackage? start, CodecTrainingOptions options,
        CancellationToken cancellationToken) =>
        TrainCodec(setup, () => StartCodec(model, start), SpectralCodecArguments.Metadata(model), options, cancellationToken);

    /// <summary>Trains a codec in the shape of the Descript codec.</summary>
    public static void TrainCodec(
        TrainingSetup setup, ConvolutionalCodecOptions model, CodecTrainingOptions options, CancellationToken cancellationToken) =>
        TrainCodec(
            setup, () => new ConvolutionalCodec(model, fusion: false), ConvolutionalCodecArguments.Metadata(model), options,
            cancellationToken);

    /// <summary>Trains the decoder of a package's codec further; its tokens stay what they are, and generators fit it as before.</summary>
    /// <exception cref="InvalidDataException">it is a LAC codec, which is not trained here</exception>
    public static void TrainDecoder(
        TrainingSetup setup, ModelPackage package, CodecTrainingOptions options, CancellationToken cancellationToken)
    {
        var part = package.Load(PartNames.Codec);
        if (part.Kind == CodecKinds.Lac)
            throw new InvalidDataException("the codec is a LAC codec, which is not trained here");
        TrainCodec(
            setup, () => ModelLoader.LoadCodecNetwork(package), part.Weights.Metadata, options with { DecoderOnly = true },
            cancellationToken);
    }

    /// <summary>Trains a coarse or a fine model on the tokens of a package's codec.</summary>
    /// <param name="package">holds the codec</param>
    public static void TrainGenerator(
        TrainingSetup setup, ModelPackage package, VampNetOptions model, GeneratorTrainingOptions options,
        CancellationToken cancellationToken) =>
        TrainGenerator(setup, package, codec => Fresh(model, codec), options, cancellationToken);

    /// <summary>Trains the coarse or the fine model of a package further, as a whole: other music, or more of it.</summary>
    /// <param name="part"><see cref="PartNames.Coarse"/> or <see cref="PartNames.Fine"/></param>
    /// <param name="dropout">in this training, whatever the model was trained with before</param>
    /// <exception cref="CheckpointException">the package has no such part or no codec, or one is damaged</exception>
    public static void TrainGeneratorFurther(
        TrainingSetup setup, ModelPackage package, string part, double dropout, GeneratorTrainingOptions options,
        CancellationToken cancellationToken) =>
        TrainGenerator(setup, package, _ => ModelLoader.LoadTransformer(package, part, dropout: dropout), options, cancellationToken);

    /// <summary>Writes the music as tokens of a package's codec, in one file: <see cref="TrainingSetup.Tokens"/>.</summary>
    public static void WriteTokens(TrainingSetup setup, ModelPackage package, string path, CancellationToken cancellationToken)
    {
        using var codec = ModelLoader.LoadCodec(package, setup.Device);
        setup.OpenTokens(package, codec, cancellationToken).Save(path, package.Sha256(PartNames.Codec));
    }

    /// <summary>Trains a beat tracker on rendered music.</summary>
    /// <param name="setup">music and cache are not used</param>
    public static void TrainBeats(
        TrainingSetup setup, WaveBeatOptions model, BeatTrainingOptions options, CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        var device = new Device(setup.Device);
        using var network = new WaveBeatNetwork(model).to(device);
        using var trainer = new BeatTrainer(network, options, device);
        trainer.Train(new RunFolder(setup.Run), setup.OpenLog(), cancellationToken);
    }

    /// <summary>Puts the networks of finished runs into a package, as bfloat16.</summary>
    /// <param name="runs">run folders by part: <see cref="PartNames"/></param>
    /// <param name="start">a package whose temperatures and presets the new one takes over, and the parts that no run is given for</param>
    public static ModelPackage WritePackage(
        string folder, string name, string version, string licence, IReadOnlyDictionary<string, string> runs, ModelPackage? start = null)
    {
        var parts = runs.ToDictionary(run => run.Key, run =>
        {
            var trained = Safetensors.Read(new RunFolder(run.Value).ModelPath);
            return (Kind(run.Key, trained), trained.As(ElementType.BF16));
        });
        return ModelPackage.Create(folder, name, version, licence, parts, start: start);
    }

    /// <summary>Measures the networks of a package on the held-out tracks: what its model card says.</summary>
    /// <param name="sequences">how many stretches of music the generators are measured on</param>
    /// <returns>by part of the package, then by name of the figure</returns>
    public static IEnumerable<(string Part, IReadOnlyList<(string Name, double Value)> Figures)> Measure(
        TrainingSetup setup, ModelPackage package, int sequences, CancellationToken cancellationToken)
    {
        var device = new Device(setup.Device);
        using var network = ModelLoader.LoadCodecNetwork(package).to(device);
        using var music = setup.OpenMusic(network.SampleRate, cancellationToken);
        if (music.HeldOut.Count == 0)
            throw new InvalidDataException($"no track of '{setup.Music}' is held out to measure with");
        using (var validation = new CodecValidation(network, music.HeldOut, device))
            yield return (PartNames.Codec, validation.MeasureEvery());

        string[] generators = [.. new[] { PartNames.Coarse, PartNames.Fine }.Where(package.Has)];
        if (generators.Length == 0)
            yield break; // all the music as tokens would be for nothing
        using var codec = ModelLoader.LoadCodec(package, setup.Device);
        var tokens = TokenLibrary.Encode(music, codec, package.Sha256(PartNames.Codec), setup.Cache, setup.Report, cancellationToken);
        foreach (var part in generators)
        {
            using var transformer = ModelLoader.LoadTransformer(package, part).to(device);
            using var entries = codec.Entries(transformer.Options.Codebooks);
            using var validation = new GeneratorValidation(
                transformer, entries, tokens, part == PartNames.Coarse ? CoarseFrames : FineFrames, device, sequences);
            yield return (part, validation.Measure());
        }
    }

    private static void TrainCodec(
        TrainingSetup setup, Func<CodecNetwork> build, IReadOnlyDictionary<string, string> metadata, CodecTrainingOptions options,
        CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        var device = new Device(setup.Device);
        using var network = build().to(device);
        using var music = setup.OpenMusic(network.SampleRate, cancellationToken);
        using var trainer = new CodecTrainer(network, music, options, device);
        trainer.Train(new RunFolder(setup.Run), setup.OpenLog(), metadata, cancellationToken);
    }

    private static SpectralCodec StartCodec(SpectralCodecOptions model, ModelPackage? start)
    {
        if (!SpectralCodecArguments.IsValid(model))
            throw new InvalidDataException($"these sizes make no spectral codec: {model}");
        var codec = new SpectralCodec(model);
        if (start is null)
            return codec;
        var weights = start.Load(PartNames.Codec).Weights;
        var shapes = codec.named_parameters().ToDictionary(p => p.name, p => p.parameter.shape);
        codec.LoadTable(
            weights,
            isWanted: name => weights.Tensors.TryGetValue(name, out var known) && known.Shape.SequenceEqual(shapes[name]));
        return codec;
    }

    private static VampNetTransformer Fresh(VampNetOptions model, TokenCodec codec)
    {
        using var entries = codec.Entries(model.Codebooks);
        var latent = (int)entries.size(-1); // the codec's choice
        var network = new VampNetTransformer(model with { LatentDimension = latent }).to(entries.device);
        network.InitializeFrom(entries);
        return network;
    }

    private static void TrainGenerator(
        TrainingSetup setup, ModelPackage package, Func<TokenCodec, VampNetTransformer> build, GeneratorTrainingOptions options,
        CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        using var codec = ModelLoader.LoadCodec(package, setup.Device);
        var tokens = setup.OpenTokens(package, codec, cancellationToken);
        var device = new Device(setup.Device);
        using var network = build(codec).to(device);
        using var entries = codec.Entries(network.Options.Codebooks);
        var presets = package.Manifest.Presets ?? PromptPreset.All;
        using var trainer = new GeneratorTrainer(network, entries, tokens, options with { Presets = presets }, device);
        trainer.Train(
            new RunFolder(setup.Run), setup.OpenLog(), HyperParameterMetadata.Of(network.Options.ToArguments()), cancellationToken);
    }

    /// <summary>Architecture of what a run trained.</summary>
    private static string Kind(string part, TensorTable trained) => part switch
    {
        PartNames.Beats => BeatTrackerKinds.WaveBeat,
        PartNames.Codec => trained.HyperParameters().Has("encoder_rates") ? CodecKinds.Dac : CodecKinds.Spectral,
        _ => ModelLoader.GeneratorKind,
    };
}
