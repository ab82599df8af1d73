using static TorchSharp.torch;

namespace VampNet.Model.Beats.WaveBeat;

/// <summary>
/// The network fed piece by piece, with the very result of the whole: each block keeps the stretch of its input that
/// outputs to come still see. Nothing is computed twice, and memory does not grow with the audio.
/// </summary>
internal sealed class WaveBeatStream : IDisposable
{
    private readonly WaveBeatNetwork _network;
    private readonly Device _device;
    private readonly Tensor[] _pending; // for each block, (1, inputs, time): padding and input from the next output's first tap on

    public WaveBeatStream(WaveBeatNetwork network, Device device)
    {
        (_network, _device) = (network, device);
        _pending = [.. network.Blocks.Select(block => zeros([1, block.Inputs, block.Padding], device: device).DetachFromDisposeScope())];
    }

    /// <summary>Takes the next samples; <paramref name="isLast"/> ends the audio.</summary>
    /// <returns>(1, 2, frames): logits of the frames that are complete now, as many as there are</returns>
    public Tensor Push(float[] samples, bool isLast)
    {
        var x = tensor(samples, [1, 1, samples.Length]).to(_device);
        for (var i = 0; i < _pending.Length; i++)
        {
            using var scope = NewDisposeScope();
            x = Push(i, x, isLast).MoveToOuterDisposeScope();
        }
        return x.size(2) == 0 ? zeros([1, 2, 0], device: _device) : _network.Head(x); // torch convolves nothing empty
    }

    public void Dispose() => Array.ForEach(_pending, tensor => tensor.Dispose());

    private Tensor Push(int index, Tensor input, bool isLast)
    {
        var block = _network.Blocks[index];
        Tensor[] pieces = isLast ? [_pending[index], input, zeros([1, block.Inputs, block.Padding], device: _device)] : [_pending[index], input];
        var known = cat(pieces, dim: 2);
        var count = block.CountOf(known.size(2));
        var done = count * block.Stride;
        _pending[index].Dispose();
        _pending[index] = known.narrow(2, done, known.size(2) - done).clone().DetachFromDisposeScope();
        return count == 0 ? zeros([1, block.Outputs, 0], device: _device) : block.OfPadded(known);
    }
}
