using VampNet.Core;
using VampNet.Model.Beats;
using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using VampNet.Model.Codec;
using VampNet.Model.Transformer;
using static TorchSharp.torch;

namespace VampNet.Model.Packages;

/// <summary>Turns the reference's checkpoints into what services load.</summary>
public static class CheckpointConverter
{
    /// <summary>A warning lists at most this many names.</summary>
    private const int ShownNames = 8;

    /// <summary>Copies a .pth to safetensors: every tensor under its own name, hyper-parameters in the metadata.</summary>
    /// <returns>what was written</returns>
    /// <exception cref="CheckpointException">the input is unreadable or refused; nothing is written then</exception>
    public static TensorTable Convert(string input, string output)
    {
        var table = TorchCheckpoint.Read(input);
        Safetensors.Write(output, table);
        return table;
    }

    /// <summary>Builds a model package that is known to load: every network is built once, and every adapter merged.</summary>
    /// <param name="warn">gets what the files hold and no network here uses</param>
    /// <exception cref="CheckpointException">
    /// an input is unreadable, refused, incomplete or another kind of model; nothing is written then
    /// </exception>
    public static ModelPackage BuildPackage(PackageSources sources, string folder, Action<string>? warn = null)
    {
        if ((sources.Coarse ?? sources.Fine) is { } generator && sources.Codec is null)
            throw new CheckpointException(generator, "needs the codec whose tokens it was trained on, and no codec is given");
        warn ??= _ => { };
        var parts = new OrderedDictionary<string, (string Kind, TensorTable Weights)>();
        if (sources.Codec is { } codec)
            parts.Add(PartNames.Codec, Codec(codec, warn));
        if (sources.Coarse is { } coarse)
            parts.Add(PartNames.Coarse, Generator(coarse, isFine: false, parts[PartNames.Codec].Weights, warn));
        if (sources.Fine is { } fine)
            parts.Add(PartNames.Fine, Generator(fine, isFine: true, parts[PartNames.Codec].Weights, warn));
        if (sources.Beats is { } beats)
            parts.Add(PartNames.Beats, Beats(beats));
        var adapters = sources.Adapters.ToDictionary(a => a.Key, a => (IReadOnlyDictionary<string, TensorTable>)Adapter(a.Value, parts));
        return ModelPackage.Create(folder, sources.Name, sources.Version, sources.Licence, parts, adapters);
    }

    /// <summary>The two decoders differ by their keys: LAC's blocks hold several receptive fields.</summary>
    private static (string, TensorTable) Codec(string path, Action<string> warn)
    {
        var table = TorchCheckpoint.Read(path);
        if (!table.Tensors.ContainsKey(CodecArguments.Codebook(0)))
            throw new CheckpointException(path, $"is not a codec: tensor '{CodecArguments.Codebook(0)}' is missing");
        var kind = table.Tensors.Keys.Any(k => k.Contains(".mrf_blocks.", StringComparison.Ordinal)) ? CodecKinds.Lac : CodecKinds.Dac;
        var arguments = table.HyperParameters();
        using var network = ModelLoader.LoadCodecNetwork(kind, arguments, table);
        Warn(table, arguments.Unknown(ConvolutionalCodecArguments.Known), network, warn);
        return (kind, table);
    }

    private static (string, TensorTable) Generator(string path, bool isFine, TensorTable codec, Action<string> warn)
    {
        var table = TorchCheckpoint.Read(path);
        var arguments = table.HyperParameters();
        var conditioning = arguments.GetInt("n_conditioning_codebooks");
        if (conditioning > 0 != isFine)
            throw new CheckpointException(path, $"is {(isFine ? "a coarse" : "a fine")} model: n_conditioning_codebooks is {conditioning}");
        var merged = Lora.Merge(table);
        using var scope = NewDisposeScope();
        using var network = ModelLoader.LoadTransformer(arguments, merged);
        ModelLoader.Entries(codec, network.Options);
        Warn(merged, arguments.Unknown(VampNetOptions.Known), network, warn);
        return (ModelLoader.GeneratorKind, table);
    }

    private static (string, TensorTable) Beats(string path)
    {
        var table = TorchCheckpoint.Read(path);
        // Its arguments are all options of a training script: nobody wants to hear which of them are unknown here.
        ModelLoader.LoadWaveBeat(table.HyperParameters(), table).Dispose();
        return (BeatTrackerKinds.WaveBeat, table);
    }

    private static OrderedDictionary<string, TensorTable> Adapter(
        AdapterSources sources, OrderedDictionary<string, (string Kind, TensorTable Weights)> parts)
    {
        var tables = new OrderedDictionary<string, TensorTable>();
        foreach (var (part, path) in new[] { (PartNames.Coarse, sources.Coarse), (PartNames.Fine, sources.Fine) })
        {
            if (path is null)
                continue;
            if (!parts.TryGetValue(part, out var own))
                throw new CheckpointException(path, $"changes the part '{part}', which this package does not have");
            tables.Add(part, Lora.Changes(own.Weights, TorchCheckpoint.Read(path)));
        }
        return tables;
    }

    private static void Warn(TensorTable table, IReadOnlyList<string> arguments, nn.Module network, Action<string> warn)
    {
        if (arguments.Count > 0)
            warn($"{table.Source}: unknown hyper-parameters are ignored: {Names(arguments)}");
        var used = network.named_parameters().Select(p => p.name).ToHashSet();
        if (table.Tensors.Keys.Where(name => !used.Contains(name)).ToArray() is { Length: > 0 } unused)
            warn($"{table.Source}: tensors that no network here uses are ignored: {Names(unused)}");
    }

    private static string Names(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(ShownNames)) + (names.Count > ShownNames ? $" and {names.Count - ShownNames} more" : "");
}
