using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Audio.Processing;

namespace VampNet.Training.Data;

/// <summary>A folder of music in any format that we read, scanned once; whole tracks are held out of training.</summary>
public sealed class MusicLibrary : IDisposable
{
    /// <summary>Without a list, one track in so many is held out.</summary>
    private const int TracksAHeldOut = 20;

    private const int HashLength = 24; // digits that tell files of a cache apart
    private static readonly string[] s_extensions = [".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3"];

    private MusicLibrary(IReadOnlyList<Track> training, IReadOnlyList<Track> heldOut) => (Training, HeldOut) = (training, heldOut);

    /// <summary>By name; variations of a track follow it.</summary>
    public IReadOnlyList<Track> Training { get; }

    public IReadOnlyList<Track> HeldOut { get; }

    /// <summary>
    /// Prepares every track under <paramref name="folder"/> (mono, −24 LUFS) into <paramref name="cache"/>, or takes it from there.
    /// </summary>
    /// <param name="heldOut">paths relative to <paramref name="folder"/>; null = one track in twenty, chosen by its content</param>
    /// <param name="report">called with one line a prepared or skipped file</param>
    /// <param name="variations">how many times more each training track is taken, each time at another pitch, tempo and loudness</param>
    /// <param name="cancellationToken">heeded between two tracks; those that are prepared stay</param>
    /// <exception cref="InvalidDataException">
    /// no usable music, a held-out track that is not there, or variations without librubberband
    /// </exception>
    public static MusicLibrary Open(
        string folder, string cache, IReadOnlyCollection<string>? heldOut, int sampleRate, Action<string> report, int variations = 0,
        CancellationToken cancellationToken = default)
    {
        var library = PrepareAll(folder, Find(folder), cache, heldOut, sampleRate, report, variations, cancellationToken);
        return library.Training.Count > 0 ? library : throw library.Lacks($"no music to train on in '{folder}'");
    }

    /// <summary>The held-out tracks alone, to measure with: nothing else is read.</summary>
    /// <inheritdoc cref="Open"/>
    public static MusicLibrary OpenHeldOut(
        string folder, string cache, IReadOnlyCollection<string> heldOut, int sampleRate, Action<string> report,
        CancellationToken cancellationToken = default)
    {
        var library = PrepareAll(
            folder, Find(folder).Where(heldOut.Contains), cache, heldOut, sampleRate, report, variations: 0, cancellationToken);
        return library.HeldOut.Count > 0 ? library : throw library.Lacks($"no music to measure with in '{folder}'");
    }

    /// <summary>Lines of a held-out list: paths, with comments after #.</summary>
    public static IReadOnlyCollection<string> ReadHeldOutList(string path) =>
        [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#')];

    public void Dispose()
    {
        foreach (var track in Training.Concat(HeldOut))
            track.Dispose();
    }

    private InvalidDataException Lacks(string message)
    {
        Dispose();
        return new InvalidDataException(message);
    }

    private static MusicLibrary PrepareAll(
        string folder, IEnumerable<string> names, string cache, IReadOnlyCollection<string>? heldOut, int sampleRate, Action<string> report,
        int variations, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(cache);
        var turns = new Lock();
        void Report(string line)
        {
            lock (turns)
                report(line);
        }

        var songs = Songs(folder, names, new ContentIndex(cache), heldOut ?? [], Report, cancellationToken);
        if (heldOut?.FirstOrDefault(name => songs.All(song => song.Name != name)) is { } missing)
            throw new InvalidDataException($"held-out track '{missing}' is not in '{folder}'");
        heldOut ??= [
            .. songs.OrderBy(song => song.Hash, StringComparer.Ordinal)
            .Take(songs.Count < 2 ? 0 : Math.Max(1, songs.Count / TracksAHeldOut)).Select(song => song.Name)];

        var wanted = songs.SelectMany(
            song => Enumerable.Range(0, heldOut.Contains(song.Name) ? 1 : 1 + variations).Select(n => (Song: song, Number: n))).ToArray();
        var prepared = InParallel(
            wanted, w => Prepare(w.Song, w.Number, Path.Combine(folder, w.Song.Name), cache, sampleRate, Report), cancellationToken);
        var tracks = wanted.Zip(prepared).Where(t => t.Second is not null)
            .ToLookup(t => heldOut.Contains(t.First.Song.Name), t => t.Second!);
        return new MusicLibrary([.. tracks[false]], [.. tracks[true]]);
    }

    /// <summary>Every piece of music once: a copy of a held-out track must not be trained on.</summary>
    private static List<Song> Songs(
        string folder, IEnumerable<string> names, ContentIndex index, IReadOnlyCollection<string> heldOut, Action<string> report,
        CancellationToken cancellationToken)
    {
        var songs = new List<Song>();
        foreach (var group in InParallel([.. names], name => new Song(name, index.HashOf(Path.Combine(folder, name))), cancellationToken)
            .GroupBy(song => song.Hash))
        {
            var copies = group.OrderByDescending(song => heldOut.Contains(song.Name)).ToArray();
            songs.Add(copies[0]);
            foreach (var copy in copies.AsSpan(1))
                report($"skipped {copy.Name}: the same as {copies[0].Name}");
        }
        index.Save();
        return songs;
    }

    /// <summary>Results in the order of the items; where some fail, the first one's exception.</summary>
    private static TResult[] InParallel<T, TResult>(T[] items, Func<T, TResult> work, CancellationToken cancellationToken)
    {
        try
        {
            // One by one: tracks differ in length, and halves of a list in work.
            var dealt = Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering);
            return [.. dealt.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(item =>
            {
                cancellationToken.ThrowIfCancellationRequested(); // a query itself looks at every 64th item only
                return work(item);
            })];
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            throw;
        }
    }

    /// <returns>null where it is no usable audio</returns>
    private static Track? Prepare(Song song, int number, string source, string cache, int sampleRate, Action<string> report)
    {
        var key = song.Hash[..HashLength] + (number == 0 ? "" : $"-{number}");
        var path = Path.Combine(cache, $"{key}-{sampleRate}.pcm");
        if (!File.Exists(path))
        {
            try
            {
                Track.Write(path, Read(source, sampleRate, Variation.Of(song.Hash, number)));
                report($"prepared {song.Name}{(number == 0 ? "" : $", variation {number}")}");
            }
            catch (InvalidAudioException e)
            {
                report($"skipped {song.Name}: {e.Message}");
                return null;
            }
            catch (DllNotFoundException)
            {
                throw new InvalidDataException(
                    "variations of pitch and tempo need librubberband (Debian: librubberband2), which is not here");
            }
        }
        return new Track(song.Name, key, path);
    }

    private static float[] Read(string path, int sampleRate, Variation variation)
    {
        using var file = File.OpenRead(path);
        var limits = AudioLimits.Default with { MaxSeconds = 3600, MaxSamples = int.MaxValue };
        using var reader = new SoundFileReader(file, limits);
        using var audio = PreparedAudio.From(
            reader, new PreparationOptions(sampleRate) { Stretch = variation.Stretch, PitchSemitones = variation.Semitones }, limits);
        var gain = (float)Math.Pow(10, variation.GainDb / 20);
        return variation.GainDb == 0 ? audio.ReadAll() : Array.ConvertAll(audio.ReadAll(), sample => sample * gain);
    }

    private static IEnumerable<string> Find(string folder) =>
        Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true })
            .Where(path => s_extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    /// <param name="Name">path relative to the music folder</param>
    /// <param name="Hash">SHA-256 of the file</param>
    private sealed record Song(string Name, string Hash);
}
