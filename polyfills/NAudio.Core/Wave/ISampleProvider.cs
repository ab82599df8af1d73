namespace NAudio.Wave;

/// <summary>A source of interleaved 32-bit float samples.</summary>
public interface ISampleProvider
{
    WaveFormat WaveFormat { get; }

    /// <summary>Fills part of a buffer; returns the number of samples (not frames) read, 0 at the end.</summary>
    int Read(float[] buffer, int offset, int count);
}
