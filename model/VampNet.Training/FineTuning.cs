using TorchSharp;
using VampNet.Core;
using VampNet.Core.Tokens;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Model.Transformer;
using VampNet.Training.Data;
using VampNet.Training.Generators;
using VampNet.Training.Runs;
using static TorchSharp.torch;

namespace VampNet.Training;

/// <summary>
/// Fine-tunes the generators of a package on a few songs by low-rank adapters (Hu et al. 2021). Codec and weights stay
/// as they are: what is learned is a fraction of their size, and lies in the package beside them.
/// </summary>
public static class FineTuning
{
    /// <summary>Of the adapters, unless the weights have some of another rank already: the reference's.</summary>
    private const int Rank = 8;

    /// <summary>Trains an adapter for each generator of the package and adds them to it, or replaces those of that name.</summary>
    /// <param name="setup">its run folder gets one folder a generator; an unfinished run there goes on</param>
    /// <param name="name">of the fine-tuning, <see cref="ModelNames"/></param>
    /// <param name="options">frames apart, which are what the generator was trained on at most</param>
    /// <returns>the package with the fine-tuning</returns>
    /// <exception cref="CheckpointException">the package has no codec or no generator, or is damaged</exception>
    public static ModelPackage Run(
        TrainingSetup setup, ModelPackage package, string name, GeneratorTrainingOptions options, CancellationToken cancellationToken)
    {
        using var codec = ModelLoader.LoadCodec(package, setup.Device);
        var tokens = setup.OpenTokens(package, codec, cancellationToken);
        var adapters = new Dictionary<string, TensorTable>();
        foreach (var part in new[] { PartNames.Coarse, PartNames.Fine }.Where(package.Has))
            adapters.Add(
                part, Train(
                    setup with { Run = Path.Combine(setup.Run, part) }, package.Load(part), codec, tokens, options, cancellationToken));
        return package.AddAdapter(name, adapters);
    }

    private static TensorTable Train(
        TrainingSetup setup, LoadedPart part, TokenCodec codec, TokenLibrary tokens, GeneratorTrainingOptions options,
        CancellationToken cancellationToken)
    {
        random.manual_seed(options.Seed);
        var device = new Device(setup.Device);
        using var network = Adapted(part).to(device);
        using var entries = codec.Entries(network.Options.Codebooks);
        var window = new FrameRate(codec.SampleRate, codec.Hop).ToFrames(ModelLoader.WindowSeconds(network.Options));
        using var trainer = new GeneratorTrainer(network, entries, tokens, options with { Frames = window }, device);
        var run = new RunFolder(setup.Run);
        trainer.Train(run, setup.OpenLog(), new Dictionary<string, string>(), cancellationToken);
        return Safetensors.Read(run.ModelPath);
    }

    /// <summary>The network with adapters beside its weights: those that the weights have, else new ones that change nothing yet.</summary>
    private static VampNetTransformer Adapted(LoadedPart part)
    {
        var given = part.Weights.Tensors.FirstOrDefault(t => t.Key.EndsWith(Lora.SuffixA, StringComparison.Ordinal)).Value;
        var network = new VampNetTransformer(
            VampNetOptions.From(part.Arguments, part.Weights) with { LoraRank = given is null ? Rank : (int)given.Shape[0] });
        try
        {
            network.LoadTable(part.Weights, isWanted: name => given is not null || !Lora.IsAdapter(name));
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
