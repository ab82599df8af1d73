using VampNet.Model.Beats;
using VampNet.Model.Beats.WaveBeat;
using VampNet.Model.Checkpoints.Torch;

namespace VampNet.Model.Checkpoints;

/// <summary>The reference's files that make up one model; parts that are null are left out.</summary>
public sealed record PackageSources
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required string Licence { get; init; }

    /// <summary>codec.pth: a LAC or DAC codec, as weights or as a torch.package.</summary>
    public string? Codec { get; init; }

    /// <summary>coarse.pth.</summary>
    public string? Coarse { get; init; }

    /// <summary>LoRA file to merge into the coarse model.</summary>
    public string? CoarseLora { get; init; }

    /// <summary>c2f.pth.</summary>
    public string? Fine { get; init; }

    /// <summary>LoRA file to merge into the fine model.</summary>
    public string? FineLora { get; init; }

    /// <summary>wavebeat.pth.</summary>
    public string? Beats { get; init; }

    /// <summary>Fine-tunings by name, kept beside the weights and merged when they are loaded.</summary>
    public IReadOnlyDictionary<string, AdapterSources> Adapters { get; init; } = new Dictionary<string, AdapterSources>();
}

/// <summary>The files of one fine-tuning: LoRA adapters alone, or whole checkpoints; parts that are null stay as they are.</summary>
public sealed record AdapterSources(string? Coarse, string? Fine);

/// <summary>Turns the reference's checkpoints into what services load.</summary>
public static class CheckpointConverter
{
    /// <summary>Copies a .pth to safetensors: every tensor under its own name, hyper-parameters in the metadata.</summary>
    /// <returns>what was written</returns>
    /// <exception cref="CheckpointException">the input is unreadable or refused; nothing is written then</exception>
    public static TensorTable Convert(string input, string output)
    {
        var table = TorchCheckpoint.Read(input);
        Safetensors.Write(output, table);
        return table;
    }

    /// <summary>Builds a model package.</summary>
    /// <exception cref="CheckpointException">an input is unreadable, refused, or another kind of model</exception>
    public static ModelPackage BuildPackage(PackageSources sources, string folder)
    {
        var parts = new OrderedDictionary<string, (string Kind, TensorTable Weights)>();
        if (sources.Codec is { } codec)
            parts.Add(PartNames.Codec, Codec(codec));
        if (sources.Coarse is { } coarse)
            parts.Add(PartNames.Coarse, Generator(coarse, sources.CoarseLora, isFine: false));
        if (sources.Fine is { } fine)
            parts.Add(PartNames.Fine, Generator(fine, sources.FineLora, isFine: true));
        if (sources.Beats is { } beats)
            parts.Add(PartNames.Beats, Beats(beats));
        var adapters = sources.Adapters.ToDictionary(a => a.Key, a => (IReadOnlyDictionary<string, TensorTable>)Adapter(a.Value, parts));
        return ModelPackage.Create(folder, sources.Name, sources.Version, sources.Licence, parts, adapters);
    }

    private static OrderedDictionary<string, TensorTable> Adapter(AdapterSources sources, OrderedDictionary<string, (string Kind, TensorTable Weights)> parts)
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

    /// <summary>The two decoders differ by their keys: LAC's blocks hold several receptive fields.</summary>
    private static (string, TensorTable) Codec(string path)
    {
        var table = TorchCheckpoint.Read(path);
        if (!table.Tensors.ContainsKey("quantizer.quantizers.0.codebook.weight"))
            throw new CheckpointException(path, "is not a codec: tensor 'quantizer.quantizers.0.codebook.weight' is missing");
        return (table.Tensors.Keys.Any(k => k.Contains(".mrf_blocks.", StringComparison.Ordinal)) ? CodecKinds.Lac : CodecKinds.Dac, table);
    }

    private static (string, TensorTable) Beats(string path)
    {
        var table = TorchCheckpoint.Read(path);
        WaveBeatOptions.From(table.HyperParameters(), table); // refuses other models
        return (BeatTrackerKinds.WaveBeat, table);
    }

    private static (string, TensorTable) Generator(string path, string? lora, bool isFine)
    {
        var table = TorchCheckpoint.Read(path);
        var conditioning = table.HyperParameters().GetInt("n_conditioning_codebooks");
        if (conditioning > 0 != isFine)
            throw new CheckpointException(path, $"is {(isFine ? "a coarse" : "a fine")} model: n_conditioning_codebooks is {conditioning}");
        return ("vampnet", lora is null ? table : Lora.Merge(table, TorchCheckpoint.Read(lora)));
    }
}
