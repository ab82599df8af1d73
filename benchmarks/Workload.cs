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

    /// <summary>Name of the prompt, which the model brings.</summary>
    public const string Preset = "medium-variation";

    /// <summary>The prompt for the gateway.</summary>
    public static Wire.Prompt WirePrompt => new() { Preset = Preset };

    public static SamplingOptions Sampling { get; } = new();

    public double Seconds => (double)Audio.Frames / Audio.SampleRate;

    /// <summary>The prompt itself.</summary>
    /// <param name="presets">of the model</param>
    /// <exception cref="ArgumentException">none of them has that name</exception>
    public static Prompt PromptOf(IEnumerable<PromptPreset> presets) =>
        presets.FirstOrDefault(preset => preset.Name == Preset)?.ToPrompt()
            ?? throw new ArgumentException($"the model has no preset {Preset}");

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
