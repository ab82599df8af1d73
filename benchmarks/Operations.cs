using VampNet.Model.Codec;
using VampNet.Model.Transformer;

namespace VampNet.Benchmarks;

/// <summary>Floating-point operations that work cannot do without: two for each multiplication of its products and convolutions.</summary>
internal static class Operations
{
    /// <summary>Of a generation, window by window.</summary>
    /// <param name="frames">of the music</param>
    /// <param name="window">most frames that the network sees at once</param>
    /// <param name="hidden">tokens hidden at first</param>
    public static double Generation(VampNetOptions network, int frames, int window, int hidden, int steps)
    {
        double d = network.Dimension, layers = 0, all = 0;
        for (var start = 0; start < frames; start += window)
        {
            double rows = Math.Min(window, frames - start);
            layers += rows * network.Layers * (20 * d * d + 4 * rows * d); // projections and feed-forward; attention
        }
        for (var step = 0; step < steps; step++)
            // the classifier sees hidden tokens alone
            all += layers + 2 * d * network.Vocabulary * hidden * Math.Cos(Math.PI / 2 * step / steps);
        return all;
    }

    /// <summary>One way through a convolutional codec.</summary>
    public static double Encode(ConvolutionalCodecOptions codec, int frames)
    {
        double length = (double)frames * codec.Hop, width = codec.EncoderWidth, all = 2 * 7 * width * length;
        foreach (var rate in codec.EncoderRates)
        {
            all += 2 * (3 * 8 + 4) * width * width * length; // three residual units, and the convolution that downsamples
            (length, width) = (length / rate, width * 2);
        }
        return all + 2 * 3 * width * codec.Latent * length;
    }

    /// <inheritdoc cref="Encode(ConvolutionalCodecOptions, int)"/>
    /// <param name="fusion">whether its decoder is LAC's</param>
    public static double Decode(ConvolutionalCodecOptions codec, int frames, bool fusion)
    {
        double length = frames, width = codec.DecoderWidth, all = 2 * 7 * width * codec.Latent * length;
        foreach (var rate in codec.DecoderRates)
        {
            length *= rate;
            all += 2 * width * width * length; // the transposed convolution
            width /= 2;
            all += 2 * (fusion ? 2 * 3 * (3 + 7 + 11) : 3 * 8) * width * width * length;
        }
        return all + 2 * 7 * width * length;
    }
}
