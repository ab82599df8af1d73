using VampNet.Client;
using VampNet.Core.Prompts;
using VampNet.Core.Sampling;
using VampNet.Core.Tokens;
using VampNet.Protos.Generator.V1;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Benchmarks.Load;

/// <summary>
/// Requests as a mesh sees them: windows from a tenth of the longest to the longest, short ones more often; few and many
/// steps; different prompts. Request n is always the same.
/// </summary>
/// <param name="model">that they are for</param>
internal sealed class RequestMix(GetModelResponse model, int seed)
{
    private static readonly int[] Steps = [8, 12, 12, 16, 24, 36];

    private readonly Prompt[] _prompts =
    [
        new Prompt.None(), new Prompt.Periodic(7), new Prompt.Periodic(13), new Prompt.Random(0.7),
            Workload.PromptOf(model.PromptPresets()),
    ];

    public GenerateRequest this[int number]
    {
        get
        {
            var random = new Random(seed * 100_003 + number);
            var (codebooks, conditioning) = ((int)model.Codebooks, (int)model.ConditioningCodebooks);
            var frames = (int)(model.WindowFrames * Math.Pow(10, random.NextDouble() - 1));
            var codes = Enumerable.Range(0, codebooks * frames).Select(_ => (ushort)random.Next(TokenGrid.Vocabulary)).ToArray();
            var tokens = new TokenGrid(codebooks, frames, codes);
            var hidden = _prompts[random.Next(_prompts.Length)].ToMask(new PromptScene(codebooks, frames, FrameRate.VampNet, (ulong)number))
                .Apply(tokens);
            return new GenerateRequest
            {
                Tokens = (conditioning > 0 ? hidden.WithLeading(tokens.TakeCodebooks(conditioning)) : hidden).ToProto(),
                Sampling = new SamplingOptions { Steps = Steps[random.Next(Steps.Length)] }.ToProto(),
                Seed = (ulong)number,
            };
        }
    }

    /// <summary>Seconds of music in a request.</summary>
    public static double Seconds(GenerateRequest request) => FrameRate.VampNet.ToSeconds((int)request.Tokens.Frames);
}
