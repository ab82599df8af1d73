using TorchSharp;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>An average over neighbouring frames, weighted by a Hann window; beyond the ends, the last frame goes on.</summary>
internal sealed class Smoothing : nn.Module<Tensor, Tensor>
{
    private readonly int _reach;
    private readonly Tensor _kernel; // (channels, 1, 2 · reach + 1)

    /// <param name="reach">frames on either side</param>
    public Smoothing(int channels, int reach)
        : base(nameof(Smoothing))
    {
        using var scope = NewDisposeScope();
        _reach = reach;
        var window = hann_window(2 * reach + 2).narrow(0, 1, 2 * reach + 1); // without its zero
        _kernel = (window / window.sum()).expand(channels, 1, -1).contiguous().DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <param name="x">(batch, channels, frames)</param>
    public override Tensor forward(Tensor x) =>
        nn.functional.conv1d(nn.functional.pad(x, [_reach, _reach], PaddingModes.Replicate), _kernel, groups: x.size(1));
}
