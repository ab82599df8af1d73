using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Osc;

/// <summary>
/// What a looper asks for: the arguments of "/process" as the reference's Max patch unloop sends them, in its order.
/// </summary>
/// <param name="Id">the patch's own number of the request</param>
/// <param name="AudioPath">the loop, a file</param>
/// <param name="LoopSeconds">of the file, from its start: what follows stays as it is</param>
internal sealed record UnloopRequest(object Id, string AudioPath, double LoopSeconds, VampConfig Config)
{
    private const int Count = 18;

    /// <exception cref="InvalidDataException">names the argument that cannot be used</exception>
    public static UnloopRequest Read(OscMessage message)
    {
        var arguments = message.Arguments;
        if (arguments.Count != Count)
            throw new InvalidDataException($"{message.Address} has {arguments.Count} arguments, expected {Count}");
        if (Text(1, "kind") is not "vampnet" and var kind)
            throw new InvalidDataException($"{message.Address}: kind \"{kind}\" is unknown; expected vampnet");
        var sampling = new Sampling
        {
            Steps = Whole(13, "sampling_steps"),
            Temperature = (float)Number(14, "temperature"),
            TopP = (float)Number(15, "top_p") is var topP and > 0 ? topP : 0,
        };
        if (Whole(8, "typical_filter") != 0)
            sampling.Typical = new TypicalFilter
            {
                Mass = (float)Number(9, "typical_mass"),
                MinTokens = Whole(10, "typical_min_tokens"),
            };
        var config = new VampConfig
        {
            Prompt = Prompt(
                Whole(4, "periodic"), Number(5, "dropout"), Whole(11, "codebooks"), Whole(12, "onset_width"),
                Number(16, "beat_ms") / 1000),
            CoarseSampling = sampling,
            FineSampling = sampling.Clone(),
            Feedback = (uint)Math.Max(1, Whole(17, "feedback")),
            Model = Text(3, "model") is "default" ? "" : Text(3, "model"),
            Variations = 2, // as many as the patch chooses from
            MatchSource = true,
        };
        if (Whole(6, "seed") is not 0 and var seed)
            config.Seed = (ulong)seed;
        return new UnloopRequest(arguments[0], Text(2, "audio"), Number(7, "looplength_ms") / 1000, config);

        string Text(int index, string name) => arguments[index] as string ?? throw Bad(index, name, "a text");

        double Number(int index, string name) => arguments[index] switch
        {
            int whole => whole,
            long whole => whole,
            float real when float.IsFinite(real) => real,
            double real when double.IsFinite(real) => real,
            bool flag => flag ? 1 : 0,
            _ => throw Bad(index, name, "a number"),
        };

        int Whole(int index, string name) =>
            Number(index, name) is var number && Math.Abs(number) <= int.MaxValue
                ? (int)number
                : throw Bad(index, name, "a number of 32 bits");

        InvalidDataException Bad(int index, string name, string expected) =>
            new($"{message.Address}: argument {index + 1}, {name}, is {arguments[index]}, expected {expected}");
    }

    /// <summary>Kept: of the leading codebooks, and but for some frames, what any of the prompts in time keeps.</summary>
    private static Prompt Prompt(int period, double dropout, int codebooks, int onsetWidth, double beatSeconds)
    {
        var kept = new PromptList { Prompts = { new Prompt { Periodic = new PeriodicPrompt { Period = period } } } };
        if (onsetWidth > 0)
            kept.Prompts.Add(new Prompt { Onsets = new OnsetPrompt { Width = onsetWidth } });
        if (beatSeconds > 0)
            kept.Prompts.Add(new Prompt { Beats = new BeatPrompt { AfterSeconds = beatSeconds } });
        var all = new PromptList
        {
            Prompts =
            {
                new Prompt { AnyOf = kept },
                new Prompt { Compression = new CompressionPrompt { Codebooks = codebooks } },
            },
        };
        if (dropout > 0)
            all.Prompts.Add(new Prompt { Dropout = new DropoutPrompt { Probability = dropout } });
        return new Prompt { AllOf = all };
    }
}
