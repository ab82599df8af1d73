using System.Runtime.InteropServices;
using VampNet.Core;
using VampNet.Core.Tokens;
using VampNet.Model.Checkpoints;
using VampNet.Model.Codec;

namespace VampNet.Training.Data;

/// <summary>The music as one codec's tokens, computed once and cached beside one another.</summary>
public sealed class TokenLibrary
{
    private const string TrainingKind = "training", HeldOutKind = "held_out", CodecKey = "codec_sha256";

    internal TokenLibrary(IReadOnlyList<TokenGrid> training, IReadOnlyList<TokenGrid> heldOut) => (Training, HeldOut) = (training, heldOut);

    /// <summary>One grid a track.</summary>
    public IReadOnlyList<TokenGrid> Training { get; }

    public IReadOnlyList<TokenGrid> HeldOut { get; }

    /// <summary>The grids that have so many frames; where none has, all that are as long as the longest.</summary>
    /// <returns>the frames that every one of them has, and the grids</returns>
    internal static (int Frames, IReadOnlyList<TokenGrid> Grids) LongEnough(IReadOnlyList<TokenGrid> grids, int frames)
    {
        var least = Math.Min(frames, grids.Max(grid => grid.Frames));
        return (least, [.. grids.Where(grid => grid.Frames >= least)]);
    }

    /// <param name="sha256">of the codec's weights: tokens of another codec are others</param>
    /// <param name="cache">folder of the token files</param>
    /// <param name="report">called with one line a track that had to be encoded</param>
    /// <param name="cancellationToken">heeded between two tracks; those that are encoded stay</param>
    public static TokenLibrary Encode(
        MusicLibrary music, ICodec codec, string sha256, string cache, Action<string> report, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(cache, "tokens-" + sha256[..16]);
        Directory.CreateDirectory(folder);
        return new TokenLibrary([.. music.Training.Select(Load)], [.. music.HeldOut.Select(Load)]);

        TokenGrid Load(Track track)
        {
            var path = Path.Combine(folder, track.Key + ".u16");
            if (File.Exists(path))
            {
                var stored = MemoryMarshal.Cast<byte, ushort>(File.ReadAllBytes(path)).ToArray();
                return new TokenGrid(codec.Codebooks, stored.Length / codec.Codebooks, stored);
            }
            cancellationToken.ThrowIfCancellationRequested();
            var tokens = codec.Encode(track.ReadAll());
            AtomicFile.Write(path, MemoryMarshal.AsBytes(tokens.Data).ToArray());
            report($"encoded {track.Name}");
            return tokens;
        }
    }

    /// <summary>All tokens in one file, to train on where the music is not.</summary>
    /// <param name="sha256">of the codec's weights</param>
    public void Save(string path, string sha256)
    {
        var tensors = new OrderedDictionary<string, RawTensor>();
        foreach (var (kind, grids) in new[] { (TrainingKind, Training), (HeldOutKind, HeldOut) })
        {
            foreach (var (i, grid) in grids.Index())
                tensors.Add(
                    $"{kind}.{i:D6}",
                    new RawTensor(ElementType.I16, [grid.Codebooks, grid.Frames], MemoryMarshal.AsBytes(grid.Data).ToArray()));
        }
        Safetensors.Write(path, new TensorTable(path, tensors, new Dictionary<string, string> { [CodecKey] = sha256 }));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="CheckpointException">no such file, or tokens of another codec</exception>
    public static TokenLibrary Load(string path, string sha256)
    {
        var table = Safetensors.Read(path);
        if (table.Metadata.GetValueOrDefault(CodecKey) != sha256)
            throw new CheckpointException(
                path, "holds tokens of another codec, or none: its codec is "
                    + $"{table.Metadata.GetValueOrDefault(CodecKey) ?? "not named"}, not {sha256}");
        var library = new TokenLibrary(Grids(TrainingKind), Grids(HeldOutKind));
        return library.Training.Count > 0 ? library : throw new CheckpointException(path, "holds no tokens to train on");

        TokenGrid[] Grids(string kind) =>
            [.. table.Tensors.Where(t => t.Key.StartsWith(kind + ".", StringComparison.Ordinal)).OrderBy(t => t.Key, StringComparer.Ordinal)
                .Select(t => Grid(t.Key, t.Value))];

        TokenGrid Grid(string name, RawTensor tensor) => tensor is { Type: ElementType.I16, Shape: [var codebooks, var frames] }
            ? new TokenGrid((int)codebooks, (int)frames, MemoryMarshal.Cast<byte, ushort>(tensor.Data.Span).ToArray())
            : throw new CheckpointException(path, $"tensor '{name}' is {tensor}, expected I16 (codebooks, frames)");
    }
}
