using Google.Protobuf;
using VampNet.Mesh.Tests.Support;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Mesh.Tests.Soak;

/// <summary>Parts of requests, drawn at random.</summary>
internal static class Draws
{
    // Prepared once: what the soak measures is the mesh.
    private static readonly byte[][] Music =
    [
        Sounds.Chord(0.3), Sounds.Chord(1.1, channels: 2), Sounds.Chord(0.9, sampleRate: 22_050), Sounds.Clicks(2, 120),
            Sounds.Clicks(1.4, 90), Sounds.Chord(2.6),
    ];

    public static T One<T>(this Random random, params ReadOnlySpan<T> of) => of[random.Next(of.Length)];

    public static bool Chance(this Random random, double probability) => random.NextDouble() < probability;

    /// <summary>A moment in the life of a call: as often in its first milliseconds as in its last hundreds.</summary>
    public static TimeSpan Moment(this Random random) => TimeSpan.FromMilliseconds(Math.Exp(random.NextDouble() * Math.Log(800)));

    public static byte[] Audio(this Random random) => random.One(Music);

    public static ulong Seed(this Random random) => (ulong)random.NextInt64();

    public static Sampling Sampling(this Random random)
    {
        var sampling = new Sampling { Steps = random.Next(1, 12) };
        if (random.Chance(0.3))
            sampling.TopP = 0.5f + 0.5f * random.NextSingle();
        if (random.Chance(0.3))
            sampling.TopK = random.Next(1, 100);
        if (random.Chance(0.2))
            sampling.Typical = new TypicalFilter { Mass = 0.3f, MinTokens = random.Next(1, 64) };
        if (random.Chance(0.3))
            sampling.Temperature = 0.5f + random.NextSingle();
        if (random.Chance(0.2))
            sampling.MaskTemperature = 5 * random.NextSingle();
        if (random.Chance(0.2))
            sampling.SampleCutoff = random.NextSingle();
        return sampling;
    }

    public static Prompt Prompt(this Random random, int depth = 2) => random.Next(depth > 0 ? 13 : 10) switch
    {
        0 => new Prompt { None = new NonePrompt() },
        1 => new Prompt
        {
            Periodic = new PeriodicPrompt { Period = random.Next(0, 20), Width = random.Next(0, 4), Roll = random.Chance(0.5) },
        },
        2 => new Prompt { Inpaint = new InpaintPrompt { PrefixSeconds = 0.1, SuffixSeconds = 0.1 } },
        3 => new Prompt { Compression = new CompressionPrompt { Codebooks = random.Next(0, 15) } },
        4 => new Prompt { Random = new RandomPrompt { Intensity = random.NextDouble() } },
        5 => new Prompt { Beats = new BeatPrompt { BeforeSeconds = 0.05, AfterSeconds = 0.05 } },
        6 => new Prompt { Onsets = new OnsetPrompt { Width = random.Next(1, 4) } },
        7 => new Prompt { Dropout = new DropoutPrompt { Probability = random.NextDouble() } },
        8 => new Prompt { Bitrate = new BitratePrompt { BitsPerSecond = 8_000 * random.NextDouble() } },
        9 => new Prompt { Regions = new RegionsPrompt { Regions = { new Region { FromSeconds = 0, ToSeconds = 0.2 } } } },
        10 => new Prompt { AllOf = new PromptList { Prompts = { random.Prompt(depth - 1), random.Prompt(depth - 1) } } },
        11 => new Prompt { AnyOf = new PromptList { Prompts = { random.Prompt(depth - 1), random.Prompt(depth - 1) } } },
        _ => new Prompt { Not = random.Prompt(depth - 1) },
    };

    public static VampConfig Vamp(this Random random) => Vamps.Config(random.Seed()).With(c =>
    {
        (c.Prompt, c.CoarseSampling, c.FineSampling) = (random.Prompt(), random.Sampling(), random.Sampling());
        (c.ReturnMask, c.ReturnTokens, c.MatchSource) = (random.Chance(0.5), random.Chance(0.5), random.Chance(0.3));
        (c.Stereo, c.Priority) = ((StereoPolicy)random.Next(0, 4), (Priority)random.Next(0, 3));
        (c.Variations, c.Feedback, c.Repeat) = ((uint)random.One(0, 0, 2, 3), (uint)random.One(0, 0, 2), (uint)random.One(0, 0, 0, 2));
        (c.ExtendBeforeSeconds, c.ExtendAfterSeconds) = (random.One(0, 0, 0.4), random.One(0, 0, 0.6));
    });

    /// <summary>Tokens of which some are hidden; those of the conditioning codebooks never.</summary>
    public static TokenTensor Tokens(this Random random, uint codebooks, uint frames, uint conditioning, double hidden)
    {
        var tokens = Enumerable.Range(0, (int)(codebooks * frames))
            .Select(i => i >= conditioning * frames && random.Chance(hidden) ? 1024 : random.Next(1024)).ToArray();
        return Support.Tokens.Of(codebooks, frames, i => tokens[i]);
    }

    public static TokenMask Mask(this Random random, TokenTensor tokens, uint conditioning)
    {
        var hidden = new byte[tokens.Codebooks * tokens.Frames];
        for (var i = conditioning * tokens.Frames; i < hidden.Length; i++)
            hidden[i] = random.Chance(0.5) ? (byte)1 : (byte)0;
        hidden[^1] = 1;
        return new TokenMask { Codebooks = tokens.Codebooks, Frames = tokens.Frames, Data = ByteString.CopyFrom(hidden) };
    }
}
