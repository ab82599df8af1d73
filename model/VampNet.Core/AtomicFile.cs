namespace VampNet.Core;

/// <summary>Files that are there complete or not at all, whoever else writes the same ones.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// Writes a file beside its place; it replaces the one that was there only once it is complete. What goes wrong leaves
    /// things as they were.
    /// </summary>
    public static void Write(string path, Action<Stream> write)
    {
        // A name of its own: another process may write the same file at this moment.
        var partial = $"{path}.{Path.GetRandomFileName()}.part";
        try
        {
            using (var file = File.Create(partial))
                write(file);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    public static void Write(string path, byte[] bytes) => Write(path, file => file.Write(bytes));
}
