using Grpc.Core;
using VampNet.Client;
using VampNet.Core.Tokens;
using VampNet.Protos.Generator.V1;

namespace VampNet.Load.Calls;

/// <summary>
/// Generations: every seventh frame is visible, of random tokens, and all codebooks that condition. A request that is longer than a window
/// is cut into windows by the stage.
/// </summary>
internal sealed class GeneratorCalls(GeneratorClient client, GetModelResponse model, RequestMix mix, LoadRequests requests) : ILoadTarget
{
    private const int Period = 7;

    public CallShape Describe(int number) => new(mix[number].Name, mix[number].Seconds);

    /// <summary>The first part of the answer is the first sampling step.</summary>
    public Task SendAsync(int number, CallOptions options, Action first) =>
        client.GenerateAsync(Request(number), _ =>
        {
            first();
            return Task.CompletedTask;
        }, options);

    private GenerateRequest Request(int number)
    {
        var random = RequestMix.RandomOf(number);
        var frames = FrameRate.VampNet.ToFrames(mix[number].Seconds);
        var tokens = new ushort[model.Codebooks * frames];
        for (var i = 0; i < tokens.Length; i++)
        {
            var isVisible = i / frames < model.ConditioningCodebooks || i % frames % Period == 0;
            tokens[i] = isVisible ? (ushort)random.Next(TokenGrid.Vocabulary) : TokenGrid.Mask;
        }
        return new GenerateRequest
        {
            Tokens = new TokenGrid((int)model.Codebooks, frames, tokens).ToTensor(),
            Sampling = new Sampling { Steps = requests.Steps },
            Seed = (ulong)number,
            Model = requests.Model,
        };
    }
}
