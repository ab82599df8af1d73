namespace VampNet.Model.Checkpoints;

/// <summary>A weight file cannot be used: unreadable, corrupt, refused, or not what was expected.</summary>
/// <param name="file">the file, as it goes into the message</param>
/// <param name="problem">what is wrong with it, naming the tensor or field</param>
public sealed class CheckpointException(string file, string problem, Exception? inner = null)
    : Exception($"{file}: {problem}", inner)
{
    /// <summary>The file that is to blame.</summary>
    public string File { get; } = file;
}
