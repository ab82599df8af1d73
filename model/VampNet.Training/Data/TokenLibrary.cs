using System.Runtime.InteropServices;
using VampNet.Model.Codec;
using VampNet.Model.Tokens;

namespace VampNet.Training.Data;

/// <summary>The music as one codec's tokens, computed once and cached beside one another.</summary>
public sealed class TokenLibrary
{
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
    public static TokenLibrary Encode(MusicLibrary music, ICodec codec, string sha256, string cache, Action<string> report)
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
            var tokens = codec.Encode(track.ReadAll());
            File.WriteAllBytes(path + ".partial", MemoryMarshal.AsBytes(tokens.Data).ToArray());
            File.Move(path + ".partial", path, overwrite: true);
            report($"encoded {track.Name}");
            return tokens;
        }
    }
}
