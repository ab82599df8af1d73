using System.Security.Cryptography;
using System.Text;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Audio.Preparation;

namespace VampNet.Training.Data;

/// <summary>A folder of music in any format that we read, scanned once; whole tracks are held out of training.</summary>
public sealed class MusicLibrary : IDisposable
{
    private static readonly string[] s_extensions = [".wav", ".flac", ".ogg", ".opus", ".mp3"];

    private MusicLibrary(IReadOnlyList<Track> training, IReadOnlyList<Track> heldOut) => (Training, HeldOut) = (training, heldOut);

    public IReadOnlyList<Track> Training { get; }

    public IReadOnlyList<Track> HeldOut { get; }

    /// <summary>Prepares every track under <paramref name="folder"/> (mono, −24 LUFS) into <paramref name="cache"/>, or takes it from there.</summary>
    /// <param name="heldOut">paths relative to <paramref name="folder"/></param>
    /// <param name="report">called with one line a prepared or skipped file</param>
    /// <exception cref="InvalidDataException">no usable music, or a held-out track that is not there</exception>
    public static MusicLibrary Open(string folder, string cache, IReadOnlyCollection<string> heldOut, int sampleRate, Action<string> report)
    {
        Directory.CreateDirectory(cache);
        var (training, held) = (new List<Track>(), new List<Track>());
        foreach (var name in Find(folder))
        {
            var source = Path.Combine(folder, name);
            var key = $"{name}|{new FileInfo(source).Length}|{sampleRate}";
            var prepared = Path.Combine(cache, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..24] + ".pcm");
            if (!File.Exists(prepared))
            {
                try
                {
                    Track.Write(prepared, Prepare(source, sampleRate));
                    report($"prepared {name}");
                }
                catch (InvalidAudioException e)
                {
                    report($"skipped {name}: {e.Message}");
                    continue;
                }
            }
            (heldOut.Contains(name) ? held : training).Add(new Track(name, prepared));
        }
        if (training.Count == 0)
            throw new InvalidDataException($"no music to train on in '{folder}'");
        if (heldOut.FirstOrDefault(name => held.All(t => t.Name != name)) is { } missing)
            throw new InvalidDataException($"held-out track '{missing}' is not in '{folder}'");
        return new MusicLibrary(training, held);
    }

    /// <summary>Lines of a held-out list: paths, with comments after #.</summary>
    public static IReadOnlyCollection<string> ReadHeldOutList(string path) =>
        [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];

    public void Dispose()
    {
        foreach (var track in Training.Concat(HeldOut))
            track.Dispose();
    }

    private static float[] Prepare(string path, int sampleRate)
    {
        using var file = File.OpenRead(path);
        var limits = AudioLimits.Default with { MaxSeconds = 3600, MaxSamples = int.MaxValue };
        using var reader = new SoundFileReader(file, limits);
        using var audio = PreparedAudio.From(reader, new PreparationOptions(sampleRate), limits);
        return audio.ReadAll();
    }

    private static IEnumerable<string> Find(string folder) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true })
            .Where(path => s_extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);
}
