namespace VampNet.Audio;

/// <summary>What is wrong with audio that was refused.</summary>
public enum AudioProblem
{
    /// <summary>No known file format.</summary>
    NotAudio,

    /// <summary>A known format, but one that is not read here.</summary>
    Unsupported,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>The header or what follows it is cut short or damaged.</summary>
    Damaged,

    /// <summary>A proper file without a single sample.</summary>
    NoSamples,

    /// <summary>A sample is NaN or infinite.</summary>
    NotFinite,

    /// <summary>A sample is far beyond full scale.</summary>
    OutOfRange,

    /// <summary>The sample rate is out of bounds, or changes.</summary>
    SampleRate,

    /// <summary>The number of channels is out of bounds, or changes.</summary>
    Channels,

    /// <summary>Longer than the configured limit.</summary>
    TooLong,
}

/// <summary>Audio from outside that cannot be used. The message is one line, fit for the person who sent it.</summary>
public sealed class InvalidAudioException(AudioProblem problem, string message) : Exception(message)
{
    public AudioProblem Problem { get; } = problem;
}
