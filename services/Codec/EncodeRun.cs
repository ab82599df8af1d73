using Grpc.Core;
using VampNet.Audio.Processing;
using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Services.Hosting.Calls;
using VampNet.Services.Hosting.Mapping;
using VampNet.Services.Inference.Models;
using VampNet.Services.Inference.Scheduling;

namespace VampNet.Services.Codec;

/// <summary>One encoding: audio on disk in, its tokens out, one chunk at a time, so that a slow reader holds everything back.</summary>
internal sealed class EncodeRun(CodecContext context, PreparedAudio audio, IServerStreamWriter<EncodeResponse> responses)
{
    private readonly ModelLease<ICodec> _model = context.Model;

    private ICodec Codec => _model.Value;

    private int Frames => (int)((audio.Frames + Codec.Hop - 1) / Codec.Hop);

    public async Task RunAsync()
    {
        _model.CheckDeadline(
            EncodeWork.Name, CodecChunk.Of(Frames).Sum(chunk => (long)chunk.Length) * audio.Channels, JobPriority.Interactive,
            context.Call.Deadline);
        CallCost.Report(context.Call, (long)Frames * audio.Channels);
        await responses.WriteAsync(new EncodeResponse { Header = Header() }, context.Cancellation);
        context.Pending.StepsLeft = (long)CodecChunk.CountOf(Frames) * audio.Channels;
        var buffer = new float[Math.Min(Frames, CodecChunk.MaxLength) * Codec.Hop];
        foreach (var chunk in CodecChunk.Of(Frames))
        {
            var samples = buffer.AsMemory(0, chunk.Length * Codec.Hop);
            for (var channel = 0; channel < audio.Channels; channel++)
            {
                audio.Read(channel, (long)chunk.From * Codec.Hop, samples.Span);
                var work = new EncodeWork(Codec, new EncodeWindow(samples, chunk.Skip, chunk.Count));
                await _model.RunAsync(work, JobPriority.Interactive, context.Cancellation);
                context.Pending.StepsLeft--;
                context.Metrics.Encoded((double)chunk.Count * Codec.Hop / Codec.SampleRate);
                await responses.WriteAsync(
                    new EncodeResponse { Tokens = work.Tokens!.ToProto(), Channel = (uint)channel }, context.Cancellation);
            }
        }
    }

    private EncodeHeader Header()
    {
        var opening = audio.OpeningLoudness();
        return new EncodeHeader
        {
            Source = new SourceInfo
            {
                SampleRate = (uint)audio.Source.SampleRate,
                Channels = (uint)audio.Source.Channels,
                Seconds = audio.Source.Seconds,
                LoudnessLufs = audio.Source.Loudness,
                Damage = audio.Source.Damage ?? "",
            },
            SampleRate = (uint)Codec.SampleRate,
            Hop = (uint)Codec.Hop,
            Codebooks = (uint)Codec.Codebooks,
            Frames = (uint)Frames,
            Samples = (ulong)audio.Frames,
            Channels = (uint)audio.Channels,
            GainDb = audio.GainDb,
            OpeningLoudnessLufs = opening[^1],
            EarlyLoudnessLufs = { opening.SkipLast(1) },
            Sha256 = _model.Info.Sha256,
        };
    }
}
