using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using VampNet.Core;
using VampNet.Core.Prompts;
using VampNet.Model.Beats;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;

namespace VampNet.Model.Packages;

/// <summary>What is in a model package: <c>manifest.json</c> beside the weight files.</summary>
/// <param name="Name">of the model, such as "vampnet-mini"</param>
/// <param name="Version">of the weights</param>
/// <param name="Licence">SPDX identifier, or what else the weights come under</param>
/// <param name="Parts">by name, <see cref="PartNames"/></param>
/// <param name="Adapters">by name, the files of each by the part that they change; null = none</param>
public sealed partial record ModelManifest(
    string Name,
    string Version,
    string Licence,
    IReadOnlyDictionary<string, ModelPart> Parts,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, ModelFile>>? Adapters = null)
{
    public const string FileName = "manifest.json";

    private const int CurrentSchema = 1;

    private const long MaxBytes = 1 << 20;

    /// <summary>Every fine-tuning is a model of its own in memory.</summary>
    private const int MaxAdapters = 64;

    private const int MaxPresets = 32;

    private const int MaxTextLength = 100;

    private const float MaxTemperature = 10;

    /// <summary>The architectures of each part.</summary>
    private static readonly Dictionary<string, string[]> Kinds = new()
    {
        [PartNames.Codec] = [CodecKinds.Lac, CodecKinds.Dac, CodecKinds.Spectral],
        [PartNames.Coarse] = [ModelLoader.GeneratorKind],
        [PartNames.Fine] = [ModelLoader.GeneratorKind],
        [PartNames.Beats] = [BeatTrackerKinds.WaveBeat],
    };

    /// <summary>Version of this description itself.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <summary>Prompts by name that suit the model; null = those of the reference's app, <see cref="PromptPreset.All"/>.</summary>
    public IReadOnlyList<PromptPreset>? Presets { get; init; }

    /// <exception cref="CheckpointException">missing, malformed, or a field that cannot be; the message names it</exception>
    public static ModelManifest Read(string folder) => CheckpointFile.Read(Path.Combine(folder, FileName), Read);

    /// <param name="path">what to call it in messages</param>
    internal static ModelManifest Read(Stream file, string path)
    {
        if (file.Length > MaxBytes)
            throw new CheckpointException(path, $"larger than {MaxBytes} bytes");
        try
        {
            var manifest = JsonSerializer.Deserialize(file, ManifestJson.Default.ModelManifest) ?? throw new JsonException("it is null");
            manifest.Check(path);
            return manifest;
        }
        catch (JsonException e)
        {
            throw new CheckpointException(path, $"not a manifest: {e.Message}", e);
        }
    }

    /// <summary>
    /// Replaces the manifest in one moment. Whoever watches the folder takes it for a new version, so the weight files
    /// that it describes must be there before.
    /// </summary>
    /// <exception cref="CheckpointException">a field cannot be; nothing is written then</exception>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        Check(path);
        AtomicFile.Write(path, [.. JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.ModelManifest), (byte)'\n']);
    }

    private void Check(string path)
    {
        if (Schema != CurrentSchema)
            throw Bad("schema", $"is {Schema}, this program knows {CurrentSchema}");
        foreach (var (field, text) in new[] { ("name", Name), ("version", Version), ("licence", Licence) })
        {
            if (text.Length is 0 or > MaxTextLength || text.Any(char.IsControl))
                throw Bad(field, $"is not 1 to {MaxTextLength} characters on one line");
        }
        foreach (var (name, part) in Parts)
            CheckPart($"parts.{name}", name, part);
        CheckPresets();
        if (Adapters?.Count > MaxAdapters)
            throw Bad("adapters", $"holds {Adapters.Count} fine-tunings, at most {MaxAdapters} are read");
        foreach (var (adapter, files) in Adapters ?? new Dictionary<string, IReadOnlyDictionary<string, ModelFile>>())
        {
            if (!ModelNames.IsValid(adapter))
                throw Bad($"adapters.{adapter}", ModelNames.Rule);
            foreach (var (part, file) in files ?? throw Bad($"adapters.{adapter}", "is null"))
            {
                if (part is not (PartNames.Coarse or PartNames.Fine) || !Parts.ContainsKey(part))
                    throw Bad($"adapters.{adapter}.{part}", "is no generator of this package");
                CheckFile($"adapters.{adapter}.{part}", file?.File, file?.Sha256);
            }
        }

        void CheckPresets()
        {
            var names = new HashSet<string>();
            if (Presets?.Count > MaxPresets)
                throw Bad("presets", $"holds {Presets.Count} prompts, at most {MaxPresets} are read");
            foreach (var (i, preset) in (Presets ?? []).Index())
            {
                if (preset is null || !ModelNames.IsValid(preset.Name))
                    throw Bad($"presets[{i}].name", ModelNames.Rule);
                if (!names.Add(preset.Name))
                    throw Bad($"presets[{i}].name", $"'{preset.Name}' is there twice");
                if (preset.Problem is { } problem)
                    throw Bad($"presets[{i}]", problem);
            }
        }

        void CheckPart(string field, string name, ModelPart? part)
        {
            if (!Kinds.TryGetValue(name, out var kinds))
                throw Bad(field, $"is no part that is known here: {string.Join(", ", Kinds.Keys)}");
            CheckFile(field, part?.File, part?.Sha256);
            if (!kinds.Contains(part!.Kind))
                throw Bad($"{field}.kind", $"is '{part.Kind}', expected {string.Join(" or ", kinds)}");
            if (part.HyperParameters.ValueKind != JsonValueKind.Object)
                throw Bad($"{field}.hyperParameters", "is not an object");
            if (part.Temperature is not null && part.Kind != ModelLoader.GeneratorKind)
                throw Bad($"{field}.temperature", "is given, but this is no generator");
            if (part.Temperature is not (null or (> 0 and <= MaxTemperature)))
                throw Bad($"{field}.temperature", $"is {part.Temperature}, expected above 0, at most {MaxTemperature}");
        }

        void CheckFile(string field, string? file, string? sha256)
        {
            if (file is null || sha256 is null)
                throw Bad(field, "is null");
            if (!WeightFile().IsMatch(file))
                throw Bad($"{field}.file", $"'{file}' is not the name of a .safetensors file in this folder");
            if (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigitLower))
                throw Bad($"{field}.sha256", "is not 64 lower-case hex digits");
        }

        CheckpointException Bad(string field, string problem) => new(path, $"{field} {problem}");
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.safetensors\z")]
    private static partial Regex WeightFile();
}

/// <summary>One network of a package.</summary>
/// <param name="Kind">
/// which architecture: "lac", "dac", "spectral" for codecs, "vampnet" for generators, "wavebeat" for the beat tracker
/// </param>
/// <param name="File">safetensors file in the package's folder</param>
/// <param name="Sha256">of that file, in lower-case hex</param>
/// <param name="HyperParameters">constructor arguments under the reference's names</param>
/// <param name="Temperature">of generators: the softmax temperature that suits the weights; null = 1</param>
public sealed record ModelPart(string Kind, string File, string Sha256, JsonElement HyperParameters, float? Temperature = null);

/// <summary>The weights of an adapter for one part.</summary>
/// <param name="File">safetensors file in the package's folder</param>
/// <param name="Sha256">of that file, in lower-case hex</param>
public sealed record ModelFile(string File, string Sha256);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    AllowDuplicateProperties = false,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
