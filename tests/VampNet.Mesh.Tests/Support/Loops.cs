using VampNet.Protos.Generator.V1;
using VampNet.Protos.Live.V1;
using VampNet.Protos.Prompt.V1;

namespace VampNet.Mesh.Tests.Support;

/// <summary>What tests of live sessions play.</summary>
internal static class Loops
{
    /// <summary>Samples of a second, and of a loop.</summary>
    public const int Rate = 8_000, Samples = 3 * Rate;

    public static LiveConfig Config() => new()
    {
        SampleRate = Rate,
        Prompt = new Prompt { Periodic = new PeriodicPrompt { Period = 7 } },
        CoarseSampling = new Sampling { Steps = 2 },
        FineSampling = new Sampling { Steps = 2 },
        Seed = 5,
    };

    public static float[] Tone(int samples) =>
        [.. Enumerable.Range(0, samples).Select(i => 0.3f * MathF.Sin(2 * MathF.PI * 220 * i / Rate))];
}
