using System.Text.Json;
using System.Text.Json.Serialization;

namespace VampNet.Model.Checkpoints;

/// <summary>The parts that a model package may have.</summary>
public static class PartNames
{
    public const string Codec = "codec";
    public const string Coarse = "coarse";
    public const string Fine = "fine";
    public const string Beats = "beats";
}

/// <summary>What is in a model package: <c>manifest.json</c> beside the weight files.</summary>
/// <param name="Name">of the model, such as "vampnet-mini"</param>
/// <param name="Version">of the weights</param>
/// <param name="Licence">SPDX identifier, or what else the weights come under</param>
/// <param name="Parts">by name, <see cref="PartNames"/></param>
public sealed record ModelManifest(string Name, string Version, string Licence, IReadOnlyDictionary<string, ModelPart> Parts)
{
    public const string FileName = "manifest.json";

    private const int CurrentSchema = 1;

    private const long MaxBytes = 1 << 20;

    /// <summary>Version of this description itself.</summary>
    public int Schema { get; init; } = CurrentSchema;

    /// <exception cref="CheckpointException">missing, malformed, or a field that cannot be; the message names it</exception>
    public static ModelManifest Read(string folder) => CheckpointFile.Read(Path.Combine(folder, FileName), (file, path) =>
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
    });

    public void Write(string folder) =>
        File.WriteAllBytes(Path.Combine(folder, FileName), [.. JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.ModelManifest), (byte)'\n']);

    private void Check(string path)
    {
        if (Schema != CurrentSchema)
            throw new CheckpointException(path, $"schema is {Schema}, this program knows {CurrentSchema}");
        foreach (var (name, part) in Parts)
        {
            if (part.File.Length == 0 || Path.GetFileName(part.File) != part.File)
                throw new CheckpointException(path, $"parts.{name}.file '{part.File}' is not the name of a file in this folder");
            if (part.Sha256.Length != 64 || !part.Sha256.All(char.IsAsciiHexDigitLower))
                throw new CheckpointException(path, $"parts.{name}.sha256 is not 64 lower-case hex digits");
            if (part.HyperParameters.ValueKind != JsonValueKind.Object)
                throw new CheckpointException(path, $"parts.{name}.hyperParameters is not an object");
        }
    }
}

/// <summary>One network of a package.</summary>
/// <param name="Kind">which architecture: "lac", "dac", "spectral" for codecs, "vampnet" for generators, "wavebeat" for the beat tracker</param>
/// <param name="File">safetensors file in the package's folder</param>
/// <param name="Sha256">of that file, in lower-case hex</param>
/// <param name="HyperParameters">constructor arguments under the reference's names</param>
public sealed record ModelPart(string Kind, string File, string Sha256, JsonElement HyperParameters);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
