using System.Runtime.CompilerServices;
using VampNet.Audio.Interop;

namespace VampNet.Audio.Processing;

/// <summary>Time stretching and pitch shifting by librubberband, in two passes over audio on disk.</summary>
internal static unsafe class Stretcher
{
    private const int PieceFrames = PcmSpool.PieceFrames;

    /// <summary>Number of frames after stretching: rounded, at least one.</summary>
    public static long Length(long frames, double factor) => Math.Max(1, (long)Math.Round(frames * factor, MidpointRounding.AwayFromZero));

    /// <param name="factor">length of the result as a multiple of the audio's</param>
    /// <param name="semitones">how much higher the result sounds</param>
    /// <returns>exactly <see cref="Length"/> frames</returns>
    public static PcmSpool Stretch(PcmSpool audio, double factor, double semitones, CancellationToken cancellationToken)
    {
        using var stretcher = RubberBand.Create(
            (uint)audio.SampleRate, (uint)audio.Channels, RubberBand.Options, factor, Math.Pow(2, semitones / 12));
        if (stretcher.IsInvalid)
            throw new InvalidOperationException("librubberband cannot stretch this audio");
        RubberBand.SetMaxProcessSize(stretcher, PieceFrames);
        var planar = GC.AllocateUninitializedArray<float>(audio.Channels * PieceFrames, pinned: true);
        var interleaved = new float[planar.Length];
        var channels = stackalloc float*[audio.Channels];
        for (var c = 0; c < audio.Channels; c++)
            channels[c] = (float*)Unsafe.AsPointer(ref planar[c * PieceFrames]);

        for (long at = 0; at < audio.Frames; at += PieceFrames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            RubberBand.Study(stretcher, channels, Load(at), Final(at));
        }
        var result = new PcmSpool(audio.SampleRate, audio.Channels);
        try
        {
            for (long at = 0; at < audio.Frames; at += PieceFrames)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RubberBand.Process(stretcher, channels, Load(at), Final(at));
                while (RubberBand.Available(stretcher) is > 0 and var available)
                    Store(RubberBand.Retrieve(stretcher, channels, (uint)Math.Min(available, PieceFrames)));
            }
            result.EndAt(Length(audio.Frames, factor));
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }

        int Final(long at) => at + PieceFrames >= audio.Frames ? 1 : 0;

        uint Load(long at)
        {
            var frames = (int)Math.Min(PieceFrames, audio.Frames - at);
            audio.Read(at, interleaved.AsSpan(0, frames * audio.Channels));
            for (var c = 0; c < audio.Channels; c++)
            {
                for (var i = 0; i < frames; i++)
                    planar[c * PieceFrames + i] = interleaved[i * audio.Channels + c];
            }
            return (uint)frames;
        }

        void Store(uint frames)
        {
            for (var c = 0; c < audio.Channels; c++)
            {
                for (var i = 0; i < frames; i++)
                    interleaved[i * audio.Channels + c] = planar[c * PieceFrames + i];
            }
            var stretched = interleaved.AsSpan(0, (int)frames * audio.Channels);
            SampleChecks.Within(float.MaxValue, stretched, audio.SampleRate, audio.Channels, result.Frames);
            result.Append(stretched);
        }
    }
}
