using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Core.Prompts;
using VampNet.Core.Sampling;
using Wire = VampNet.Protos.Prompt.V1;

namespace VampNet.Benchmarks;

/// <summary>What is measured: the demo's job, on a stretch of music.</summary>
/// <param name="Name">of the file</param>
/// <param name="Audio">as read</param>
internal sealed record Workload(string Name, AudioBuffer Audio)
{
    public const ulong Seed = 1;

    /// <summary>Every 7th frame of the leading 3 codebooks stays.</summary>
    public static Prompt Prompt { get; } = new Prompt.AllOf(new Prompt.Periodic(7), new Prompt.Compression(3));

    /// <summary>The same for the gateway.</summary>
    public static Wire.Prompt WirePrompt => new()
    {
        AllOf = new Wire.PromptList
        {
            Prompts =
            {
                new Wire.Prompt { Periodic = new Wire.PeriodicPrompt { Period = 7 } },
                new Wire.Prompt { Compression = new Wire.CompressionPrompt { Codebooks = 3 } },
            },
        },
    };

    public static SamplingOptions Sampling { get; } = new();

    public double Seconds => (double)Audio.Frames / Audio.SampleRate;

    /// <exception cref="ArgumentException">the file is shorter</exception>
    public static Workload Read(FileInfo file, double seconds)
    {
        var whole = AudioFile.Read(file.FullName);
        var frames = (int)Math.Round(seconds * whole.SampleRate);
        if (frames > whole.Frames)
            throw new ArgumentException($"{file.Name} is shorter than {seconds} s");
        return new Workload(file.Name, new AudioBuffer(whole.Samples[..(frames * whole.Channels)], whole.SampleRate, whole.Channels));
    }
}
