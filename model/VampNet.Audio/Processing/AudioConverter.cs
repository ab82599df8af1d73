using VampNet.Audio.Files;

namespace VampNet.Audio.Processing;

/// <summary>Audio files in other formats.</summary>
public static class AudioConverter
{
    /// <summary>
    /// Writes an audio file in another format, piece by piece; at the next sample rate above its own where the format does not have that.
    /// </summary>
    /// <param name="input">seekable; what it holds is trusted, however long it is</param>
    /// <exception cref="ArgumentException">the format cannot hold this sample rate, channel count or length</exception>
    public static async Task ConvertAsync(Stream input, AudioFormat format, Stream output)
    {
        ArgumentNullException.ThrowIfNull(input);
        var limits = new AudioLimits { MaxSeconds = double.MaxValue, MaxSamples = long.MaxValue, MaxAmplitude = float.MaxValue };
        long frames = 0;
        using (var counted = Open())
        {
            foreach (var piece in counted.ReadPieces(limits))
                frames += piece.Length / counted.WaveFormat.Channels;
        }
        using var reader = Open();
        var (rate, channels) = (reader.WaveFormat.SampleRate, reader.WaveFormat.Channels);
        var outputRate = format.NearestRate(rate);
        var shape = new AudioStreamShape(rate, outputRate, channels, (frames * outputRate + rate - 1) / rate);
        using var writer = AudioStreamWriter.File(format, shape, async chunk => await output.WriteAsync(chunk));
        foreach (var piece in reader.ReadPieces(limits))
            await writer.WriteAsync(piece);
        await writer.FinishAsync();

        SoundFileReader Open()
        {
            input.Position = 0;
            return new SoundFileReader(input, limits);
        }
    }
}
