using System.Collections;

namespace Grpc.Core;

/// <summary>Headers or trailers of a call, in order; keys may repeat.</summary>
public sealed partial class Metadata : IList<Metadata.Entry>
{
    /// <summary>Keys with this ending hold bytes.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    public static readonly Metadata Empty = new Metadata().Freeze();

    private readonly List<Entry> _entries = [];

    public int Count => _entries.Count;

    public bool IsReadOnly { get; private set; }

    public Entry this[int index]
    {
        get => _entries[index];
        set => Writable()[index] = NotNull(value);
    }

    /// <summary>The last entry of this key, or null.</summary>
    public Entry? Get(string key) => _entries.FindLast(e => IsKey(e, key));

    /// <summary>The last text value of this key, or null.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The last binary value of this key, or null.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    public IEnumerable<Entry> GetAll(string key) => _entries.Where(e => IsKey(e, key));

    public void Add(Entry item) => Writable().Add(NotNull(item));

    public void Add(string key, string value) => Add(new Entry(key, value));

    public void Add(string key, byte[] valueBytes) => Add(new Entry(key, valueBytes));

    public void Insert(int index, Entry item) => Writable().Insert(index, NotNull(item));

    public bool Remove(Entry item) => Writable().Remove(item);

    public void RemoveAt(int index) => Writable().RemoveAt(index);

    public void Clear() => Writable().Clear();

    public int IndexOf(Entry item) => _entries.IndexOf(item);

    public bool Contains(Entry item) => _entries.Contains(item);

    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Metadata Freeze()
    {
        IsReadOnly = true;
        return this;
    }

    private List<Entry> Writable() =>
        IsReadOnly ? throw new InvalidOperationException("Object is read only") : _entries;

    private static Entry NotNull(Entry item) => item ?? throw new ArgumentNullException(nameof(item));

    private static bool IsKey(Entry entry, string key) => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase);
}
