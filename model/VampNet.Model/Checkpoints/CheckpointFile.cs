namespace VampNet.Model.Checkpoints;

/// <summary>Opens weight files, so that a missing or unreadable one is reported like a bad one.</summary>
internal static class CheckpointFile
{
    /// <param name="read">gets the open file and its name for messages</param>
    /// <exception cref="CheckpointException">the file cannot be opened or read</exception>
    public static T Read<T>(string path, Func<Stream, string, T> read)
    {
        try
        {
            using var file = File.OpenRead(path);
            return read(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(path, e.Message, e);
        }
    }
}
