using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Model.Beats.WaveBeat;

/// <summary>
/// One piece of music that goes through the network piece by piece, with the very result of the whole: for each block, the
/// stretch of its input that outputs to come still see is kept. Nothing is computed twice, and memory does not grow with the
/// audio. Between two pieces it is nothing but arrays, which any thread may drop.
/// </summary>
internal sealed class WaveBeatStream
{
    private readonly float[][] _pending; // for each block, (inputs, time): padding and input from the next output's first tap on

    public WaveBeatStream(WaveBeatNetwork network) =>
        _pending = [.. network.Blocks.Select(block => new float[block.Inputs * block.Padding])];

    /// <summary>What decides whether streams can go on together, besides the length of their next pieces.</summary>
    public string Shape => string.Join(',', _pending.Select(values => values.Length));

    /// <summary>Takes the next samples of some streams, in one pass.</summary>
    /// <param name="streams">of equal shapes</param>
    /// <param name="pieces">for each stream its next samples, all of one length</param>
    /// <param name="isLast">whether the audio of all of them ends with that</param>
    /// <returns>
    /// (streams, 2, frames): logits of the frames that are complete now, as many as there are; and what makes the streams go on from there
    /// </returns>
    public static (Tensor Logits, Action Keep) Push(
        WaveBeatNetwork network, Device device, IReadOnlyList<WaveBeatStream> streams, IReadOnlyList<float[]> pieces, bool isLast)
    {
        var x = tensor(Join(pieces), [streams.Count, 1, pieces[0].Length]).to(device);
        var rests = new List<Tensor>(); // for each block, (streams, inputs, time)
        for (var i = 0; i < network.Blocks.Count; i++)
        {
            using var scope = NewDisposeScope();
            var block = network.Blocks[i];
            var pending = tensor(
                Join([.. streams.Select(stream => stream._pending[i])]),
                [streams.Count, block.Inputs, streams[0]._pending[i].Length / block.Inputs]).to(device);
            Tensor[] parts = isLast ? [pending, x, zeros([streams.Count, block.Inputs, block.Padding], device: device)] : [pending, x];
            var known = cat(parts, dim: 2);
            var count = block.CountOf(known.size(2));
            var done = count * block.Stride;
            rests.Add(known.narrow(2, done, known.size(2) - done).cpu().contiguous().MoveToOuterDisposeScope());
            x = (count == 0 ? zeros([streams.Count, block.Outputs, 0], device: device) : block.OfPadded(known)).MoveToOuterDisposeScope();
        }
        var logits = x.size(2) == 0 ? zeros([streams.Count, 2, 0], device: device) : network.Head(x); // torch convolves nothing empty
        var values = rests.ConvertAll(rest => rest.Elements<float>());
        return (logits, () => Keep(streams, values));
    }

    private static float[] Join(IReadOnlyList<float[]> parts)
    {
        if (parts.Count == 1)
            return parts[0];
        var all = new float[parts.Sum(part => part.Length)];
        for (var (i, at) = (0, 0); i < parts.Count; at += parts[i++].Length)
            parts[i].CopyTo(all, at);
        return all;
    }

    /// <param name="values">for each block, what is left of the inputs of all streams</param>
    private static void Keep(IReadOnlyList<WaveBeatStream> streams, List<float[]> values)
    {
        for (var s = 0; s < streams.Count; s++)
        {
            for (var i = 0; i < values.Count; i++)
            {
                var length = values[i].Length / streams.Count;
                streams[s]._pending[i] = values[i][(s * length)..((s + 1) * length)];
            }
        }
    }
}
