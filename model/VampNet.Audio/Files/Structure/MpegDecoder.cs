using VampNet.Audio.Interop;

namespace VampNet.Audio.Files.Structure;

/// <summary>Decodes MPEG frames through libmpg123, which is fed those that are there and silent ones for those that are lost.</summary>
internal sealed class MpegDecoder : IAudioDecoder
{
    private const float MaxAmplitude = 16;

    private readonly Mpg123.Handle _decoder;
    private readonly IEnumerator<ReadOnlyMemory<byte>> _frames;
    private ReadOnlyMemory<byte> _input;
    private bool _ended;

    /// <param name="runs">frames of one format</param>
    /// <param name="model">where a frame of it is, after which silent ones are made</param>
    /// <param name="flags">of libmpg123, besides the usual</param>
    public MpegDecoder(ByteWindow bytes, MpegHeader format, IReadOnlyList<MpegRun> runs, long model, int flags)
    {
        (SampleRate, Channels) = (format.SampleRate, format.Channels);
        _decoder = Mpg123.Open(Mpg123.Flags | flags);
        _frames = Feed(bytes, runs, model).GetEnumerator();
    }

    public int SampleRate { get; }

    public int Channels { get; }

    public long? Frames => null;

    public string? Failure { get; private set; }

    public unsafe int Read(Span<float> buffer)
    {
        while (!_ended)
        {
            nuint done;
            int result;
            fixed (byte* input = _input.Span)
            fixed (float* output = buffer)
                result = Mpg123.Decode(
                    _decoder, input, (nuint)_input.Length, output, (nuint)(buffer.Length * sizeof(float)), out done);
            _input = default; // libmpg123 keeps what it does not need yet
            if (result == Mpg123.NeedMore)
                _ended = !Next();
            else if (result is not (Mpg123.Ok or Mpg123.NewFormat))
                (_ended, Failure) = (true, result == Mpg123.Done ? null : $"libmpg123 stops with error {result}");
            if (done > 0)
                return Plausible(buffer[..((int)done / sizeof(float))]);
        }
        return 0;
    }

    public void Dispose()
    {
        _frames.Dispose();
        _decoder.Dispose();
    }

    /// <summary>Wrong bits in a frame can make a noise that no encoder was ever given: silent instead, and told.</summary>
    private int Plausible(Span<float> samples)
    {
        if (!samples.ContainsAnyExceptInRange(-MaxAmplitude, MaxAmplitude))
            return samples.Length;
        samples.Clear();
        Failure ??= "an MPEG frame makes noise far beyond full scale";
        return samples.Length;
    }

    private bool Next()
    {
        if (!_frames.MoveNext())
            return false;
        _input = _frames.Current;
        return true;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Feed(ByteWindow bytes, IReadOnlyList<MpegRun> runs, long model)
    {
        const int PieceBytes = 16 << 10;
        foreach (var run in runs)
        {
            for (var i = 0; i < run.Silence; i++)
                yield return Muted(bytes, model, keepsData: false);
            if (run.Muted)
            {
                yield return Muted(bytes, run.From, keepsData: true);
                continue;
            }
            for (var at = run.From; at < run.To; at += PieceBytes)
                yield return bytes.At(at, (int)Math.Min(PieceBytes, run.To - at)).ToArray();
        }
    }

    /// <summary>A frame whose side information says that it has no sound.</summary>
    private static byte[] Muted(ByteWindow bytes, long at, bool keepsData)
    {
        var header = MpegHeader.At(bytes, at)!.Value;
        var frame = bytes.At(at, header.Length).ToArray();
        frame.AsSpan(4..(keepsData ? header.SideEnd : frame.Length)).Clear();
        return frame;
    }
}
