using System.Runtime.InteropServices;
using Grpc.Core;
using VampNet.Audio;
using VampNet.Audio.Files;
using VampNet.Audio.Processing;
using VampNet.Client;
using VampNet.Core.Tokens;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Generator.V1;
using VampNet.Protos.Prompt.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Evaluation;

/// <summary>One way to take music apart and put it together again, whose result is compared with the music.</summary>
/// <param name="name">in the report</param>
public abstract class Condition(string name)
{
    public string Name => name;

    public abstract Task<Rendition> RenderAsync(Excerpt excerpt, CancellationToken cancellationToken);
}

/// <summary>What a condition made of an excerpt.</summary>
/// <param name="Samples">as many as the excerpt has</param>
/// <param name="BitsPerSecond">of the tokens that were kept</param>
/// <param name="ContextSeconds">at the beginning and at the end, which were given and say nothing about the models</param>
public sealed record Rendition(float[] Samples, double BitsPerSecond, double ContextSeconds = 0)
{
    /// <summary>The part that is compared, of the excerpt or of the result.</summary>
    public float[] Compared(float[] samples)
    {
        var context = (int)(ContextSeconds * Excerpt.SampleRate);
        return samples[context..^context];
    }
}

/// <summary>Samples from the wire.</summary>
internal static class RawAudio
{
    /// <param name="bytes">32-bit floats</param>
    /// <exception cref="InvalidDataException">they are not as many as the excerpt's</exception>
    public static float[] Of(MemoryStream bytes, Excerpt excerpt)
    {
        var samples = MemoryMarshal.Cast<byte, float>(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)).ToArray();
        return samples.Length == excerpt.Samples.Length
            ? samples
            : throw new InvalidDataException($"excerpt {excerpt.Index} has {excerpt.Samples.Length} samples, {samples.Length} came back");
    }
}

/// <summary>A codec that everybody has, at its lowest bitrate: what the models' compression is to be seen beside.</summary>
internal sealed class OpusCondition(string name) : Condition(name)
{
    private const int OpusRate = 48_000;

    public override Task<Rendition> RenderAsync(Excerpt excerpt, CancellationToken cancellationToken)
    {
        var audio = Resampler.Resample(new AudioBuffer(excerpt.Samples, Excerpt.SampleRate), OpusRate);
        var file = AudioFile.Encode(audio, AudioFormat.Opus, smallest: true);
        var decoded = Resampler.Resample(AudioFile.Read(new MemoryStream(file)), Excerpt.SampleRate).Samples;
        var samples = new float[excerpt.Samples.Length]; // the last packet may be longer, or the resampler a sample short
        decoded.AsSpan(0, Math.Min(decoded.Length, samples.Length)).CopyTo(samples);
        return Task.FromResult(new Rendition(samples, 8.0 * file.Length * Excerpt.SampleRate / samples.Length));
    }
}

/// <summary>The codec alone, with or without damage to the tokens in between.</summary>
/// <param name="model">name of a served model; empty = the default</param>
/// <param name="kept">share of the tokens that are still the music's after it</param>
/// <param name="change">of the tokens of an excerpt</param>
internal sealed class TokenCondition(
    string name, VampNetClient client, string model, double kept, Func<TokenGrid, Excerpt, TokenGrid> change) : Condition(name)
{
    private const int BitsPerToken = 10;

    /// <summary>The leading codebooks.</summary>
    public static TokenCondition Codec(string name, VampNetClient client, string model, int codebooks) =>
        new(name, client, model, 1, (tokens, _) => tokens.TakeCodebooks(codebooks));

    /// <summary>Each token replaced by any other with this probability.</summary>
    public static TokenCondition Noise(string name, VampNetClient client, string model, double probability) =>
        new(name, client, model, 1 - probability, (tokens, excerpt) =>
    {
        var random = new Random(excerpt.Index);
        return new TokenGrid(
            tokens.Codebooks, tokens.Frames,
            Array.ConvertAll(
                tokens.Data.ToArray(), token => random.NextDouble() < probability ? (ushort)random.Next(TokenGrid.Mask) : token));
    });

    public override async Task<Rendition> RenderAsync(Excerpt excerpt, CancellationToken cancellationToken)
    {
        var options = new CallOptions(cancellationToken: cancellationToken);
        var encoded = await client.EncodeAsync(excerpt.Open(), new EncodeConfig { Model = model }, options);
        var tokens = change(encoded.Tokens.ToGrid(), excerpt);
        var audio = new MemoryStream();
        var config = new DecodeConfig
        {
            Output = new OutputFormat { Encoding = OutputEncoding.PcmF32Le },
            Samples = (ulong)excerpt.Samples.Length,
            GainDb = -encoded.Header.GainDb,
            Model = model,
        };
        await client.DecodeAsync(tokens.ToTensor(), config, audio, options);
        return new Rendition(
            RawAudio.Of(audio, excerpt), kept * tokens.Codebooks * BitsPerToken * encoded.Header.SampleRate / encoded.Header.Hop);
    }
}

/// <summary>The whole pipeline under a prompt, as anybody would call it. The excerpt's number is the seed.</summary>
/// <param name="model">name of a served model; empty = the default</param>
/// <param name="steps">of the coarse generator; null = as served</param>
/// <param name="contextSeconds">that the prompt keeps at either end</param>
internal sealed class VampCondition(
    string name, VampNetClient client, string model, Prompt prompt, int? steps = null, double contextSeconds = 0) : Condition(name)
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
        return new Rendition(RawAudio.Of(audio, excerpt), bits, contextSeconds);
    }
}
