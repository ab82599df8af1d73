using VampNet.Core;
using VampNet.Model.Checkpoints;

namespace VampNet.Model.Packages;

/// <summary>The reference's files that make up one model; parts that are null are left out.</summary>
public sealed record PackageSources
{
    public required string Name { get; init; }

    public required string Version { get; init; }

    public required string Licence { get; init; }

    /// <summary>codec.pth: a LAC or DAC codec, as weights or as a torch.package. Generators need it.</summary>
    public string? Codec { get; init; }

    /// <summary>coarse.pth.</summary>
    public string? Coarse { get; init; }

    /// <summary>c2f.pth.</summary>
    public string? Fine { get; init; }

    /// <summary>wavebeat.pth.</summary>
    public string? Beats { get; init; }

    /// <summary>Fine-tunings by name, kept beside the weights and merged when they are loaded.</summary>
    public IReadOnlyDictionary<string, AdapterSources> Adapters { get; init; } = new Dictionary<string, AdapterSources>();

    /// <summary>Whether there is anything to make a package of.</summary>
    public bool IsEmpty => Codec is null && Coarse is null && Fine is null && Beats is null;

    /// <summary>
    /// With what a folder of the reference holds in addition: coarse.pth, c2f.pth, codec.pth, wavebeat.pth, and
    /// fine-tunings in loras/NAME.
    /// </summary>
    /// <exception cref="CheckpointException">a fine-tuning has a name that cannot be, or holds nothing</exception>
    public PackageSources AddFolder(string folder)
    {
        var adapters = new Dictionary<string, AdapterSources>(Adapters);
        var loras = Path.Combine(folder, "loras");
        string[] tunings = Directory.Exists(loras) ? Directory.GetDirectories(loras) : [];
        foreach (var path in tunings.Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(path);
            if (!ModelNames.IsValid(name))
                throw new CheckpointException(path, ModelNames.Rule);
            adapters.TryAdd(name, AdapterSources.Find(path));
        }
        return this with
        {
            Codec = Codec ?? Existing(folder, "codec.pth"),
            Coarse = Coarse ?? Existing(folder, "coarse.pth"),
            Fine = Fine ?? Existing(folder, "c2f.pth"),
            Beats = Beats ?? Existing(folder, "wavebeat.pth"),
            Adapters = adapters,
        };
    }

    internal static string? Existing(string folder, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Path.Combine(folder, name) is var path && File.Exists(path))
                return path;
        }
        return null;
    }
}

/// <summary>The files of one fine-tuning: LoRA adapters alone, or whole checkpoints; parts that are null stay as they are.</summary>
public sealed record AdapterSources(string? Coarse, string? Fine)
{
    /// <summary>The files of a fine-tuning as the reference exports it (coarse.pth, c2f.pth) or leaves it after training.</summary>
    /// <exception cref="CheckpointException">there are none</exception>
    public static AdapterSources Find(string folder)
    {
        var (coarse, fine) = (FindPart(folder, "coarse"), FindPart(folder, "c2f"));
        return coarse is not null || fine is not null
            ? new(coarse, fine)
            : throw new CheckpointException(
                folder, "holds no fine-tuning: neither coarse.pth nor c2f.pth, nor a run of the reference's trainer");
    }

    private static string? FindPart(string folder, string part) =>
        PackageSources.Existing(folder, $"{part}.pth", $"{part}/latest/vampnet/weights.pth", $"{part}/latest/lora.pth");
}
