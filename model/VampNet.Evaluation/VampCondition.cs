using VampNet.Client;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Evaluation;

/// <summary>The whole pipeline under a prompt, as anybody would call it. The excerpt's number is the seed.</summary>
/// <param name="model">name of a served model; empty = the default</param>
/// <param name="steps">of the coarse generator; null = as served</param>
/// <param name="context">that the prompt keeps</param>
internal sealed class VampCondition(
    string name, VampNetClient client, string model, Prompt prompt, int? steps = null, Context context = default) : Condition(name, context)
{
    public override async Task<Rendition> RenderAsync(Excerpt excerpt, CancellationToken cancellationToken)
    {
        var config = new VampConfig
        {
            Prompt = prompt,
            CoarseSampling = steps is { } count ? new Sampling { Steps = count } : null,
            Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
            Seed = (ulong)excerpt.Index,
            Model = model,
            Priority = Priority.Batch,
        };
        var audio = new MemoryStream();
        var bits = 0.0;
        await foreach (var response in client.VampAsync(config, excerpt.Open(), cancellationToken: cancellationToken))
        {
            if (response.HasAudio)
                audio.Write(response.Audio.Span);
            if (response.Summary is { } summary)
                bits = summary.Figures.BitsPerSecond;
        }
        return new Rendition(RawAudio.Of(audio, excerpt), bits, Context);
    }
}
