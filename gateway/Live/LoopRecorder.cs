using System.Runtime.InteropServices;
using VampNet.Protos.Live.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Live;

/// <summary>Cuts what is played into loops, to the sample: by length, or by marks.</summary>
internal sealed class LoopRecorder(LivePlan plan, LiveOptions options)
{
    private const string AudioField = "audio";

    private readonly int _most = (int)(options.MaxLoopSeconds * plan.SampleRate) * plan.Channels;
    private readonly List<float> _loop = [];

    /// <summary>Loops as they end. What was played after the last one is left over.</summary>
    /// <exception cref="InvalidRequestException">something that is no audio, or a loop that is too long or too short</exception>
    public async IAsyncEnumerable<Loop> RecordAsync(IAsyncEnumerable<LiveServiceVampRequest> requests)
    {
        await foreach (var request in requests)
        {
            switch (request.ContentCase)
            {
                case LiveServiceVampRequest.ContentOneofCase.Audio:
                    foreach (var loop in Record(Samples(request.Audio.Span)))
                        yield return loop;
                    break;
                case LiveServiceVampRequest.ContentOneofCase.Mark:
                    yield return Mark();
                    break;
                default:
                    throw new InvalidRequestException(AudioField, "or mark must be in every message after the first");
            }
        }
    }

    private IEnumerable<Loop> Record(float[] played)
    {
        for (var at = 0; at < played.Length;)
        {
            var room = plan.LoopSamples is { } samples ? (int)samples * plan.Channels - _loop.Count : _most - _loop.Count;
            if (room == 0)
                throw new InvalidRequestException(
                    AudioField, $"goes on for more than {options.MaxLoopSeconds:0.###} s without a mark, the longest that a loop may be");
            var count = Math.Min(room, played.Length - at);
            _loop.AddRange(played.AsSpan(at, count));
            at += count;
            if (plan.LoopSamples is not null && count == room)
                yield return Take();
        }
    }

    private Loop Mark()
    {
        if (plan.LoopSamples is not null)
            throw new InvalidRequestException("mark", "has no place in a session with a tempo");
        var seconds = (double)(_loop.Count / plan.Channels) / plan.SampleRate;
        return seconds >= LiveOptions.MinLoopSeconds
            ? Take()
            : throw new InvalidRequestException(
                "mark", $"ends a loop of {seconds:0.###} s, expected at least {LiveOptions.MinLoopSeconds} s");
    }

    private Loop Take()
    {
        var loop = new Loop([.. _loop], plan.Channels, plan.SampleRate);
        _loop.Clear();
        return loop;
    }

    private float[] Samples(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % (sizeof(float) * plan.Channels) != 0)
            throw new InvalidRequestException(
                AudioField, $"has {bytes.Length} bytes, which are no whole frames of {plan.Channels} 32-bit float samples");
        var samples = MemoryMarshal.Cast<byte, float>(bytes).ToArray();
        return Array.TrueForAll(samples, float.IsFinite)
            ? samples
            : throw new InvalidRequestException(AudioField, "has samples that are not finite");
    }
}

/// <summary>A loop as it was played.</summary>
/// <param name="Samples">interleaved</param>
internal sealed record Loop(float[] Samples, int Channels, int SampleRate)
{
    /// <summary>Samples per channel.</summary>
    public int Length => Samples.Length / Channels;

    public TimeSpan Duration => TimeSpan.FromSeconds((double)Length / SampleRate);

    /// <summary>The loop going round: samples from anywhere, interleaved.</summary>
    /// <param name="from">sample per channel, counted from the start of the loop; negative = the end of the round before</param>
    public float[] Around(int from, int count)
    {
        var around = new float[count * Channels];
        for (var i = 0; i < around.Length; i++)
            around[i] = Samples[Wrap(from * Channels + i)];
        return around;

        int Wrap(int index) => ((index % Samples.Length) + Samples.Length) % Samples.Length;
    }
}
