using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using VampNet.Core;

namespace VampNet.Training.Data;

/// <summary>
/// What is in which file, by SHA-256: a file is read again only when its length or time has changed, and music that was
/// moved or copied is known again.
/// </summary>
internal sealed class ContentIndex
{
    private readonly string _path;
    private readonly ConcurrentDictionary<string, Entry> _entries;

    /// <param name="cache">folder of <c>index.json</c></param>
    public ContentIndex(string cache)
    {
        _path = Path.Combine(cache, "index.json");
        _entries = new(File.Exists(_path) ? Read(_path) : []);
    }

    /// <summary>Of the bytes of a file, in lower-case hex.</summary>
    public string HashOf(string path)
    {
        path = Path.GetFullPath(path);
        var file = new FileInfo(path);
        if (_entries.TryGetValue(path, out var known) && known.Length == file.Length && known.Modified == file.LastWriteTimeUtc)
            return known.Sha256;
        using var stream = file.OpenRead();
        var hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        _entries[path] = new Entry(file.Length, file.LastWriteTimeUtc, hash);
        return hash;
    }

    public void Save() => AtomicFile.Write(
        _path, JsonSerializer.SerializeToUtf8Bytes(_entries.OrderBy(e => e.Key, StringComparer.Ordinal).ToDictionary()));

    private static Dictionary<string, Entry> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, Entry>>(File.ReadAllText(path)) ?? [];
        }
        catch (JsonException)
        {
            return []; // only a cache
        }
    }

    private sealed record Entry(long Length, DateTime Modified, string Sha256);
}
