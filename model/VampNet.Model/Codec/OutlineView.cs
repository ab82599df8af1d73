using TorchSharp;
using static TorchSharp.torch;

namespace VampNet.Model.Codec;

/// <summary>What a coarse codebook sees of the outline.</summary>
/// <param name="Reach">frames on either side of the one that is coded</param>
/// <param name="CourseBands">
/// 0: the average over those frames; otherwise how the levels of so many broad bands go from the first of them to the last
/// </param>
internal sealed record OutlineView(int Reach, int CourseBands = 0);

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

/// <summary>
/// How broad bands go over neighbouring frames: where notes are hit near a frame. A frame that is kept tells it of those around it, which
/// are not. Beyond the ends, the outermost frame goes on.
/// </summary>
internal sealed class Course : nn.Module<Tensor, Tensor>
{
    private readonly int _bands, _reach;
    private readonly Tensor _back; // (dimension, values)

    /// <param name="dimension">of what comes in; a multiple of <paramref name="bands"/></param>
    /// <param name="reach">frames on either side</param>
    public Course(int dimension, int bands, int reach)
        : base(nameof(Course))
    {
        using var scope = NewDisposeScope();
        (_bands, _reach) = (bands, reach);
        // The values of a course are band by band, each from its first frame to its last.
        var own = eye(bands).repeat_interleave(dimension / bands, 0); // (dimension, bands)
        var centre = nn.functional.one_hot(tensor((long)reach), Frames).to(float32);
        _back = kron(own, centre.unsqueeze(0)).DetachFromDisposeScope();
        RegisterComponents();
    }

    /// <summary>How many say it: frames times bands.</summary>
    public int Values => _bands * Frames;

    /// <summary>From a course to the bands that its own frame was averaged from: (dimension, values).</summary>
    public Tensor Back => _back;

    private int Frames => 2 * _reach + 1;

    /// <param name="x">(batch, dimension, frames)</param>
    /// <returns>(batch, values, frames)</returns>
    public override Tensor forward(Tensor x)
    {
        var broad = x.view(x.size(0), _bands, -1, x.size(2)).mean([2]); // (batch, bands, frames)
        return nn.functional.pad(broad, [_reach, _reach], PaddingModes.Replicate)
            .unfold(2, Frames, 1) // (batch, bands, frames, 2 · reach + 1)
            .transpose(2, 3).flatten(1, 2);
    }
}
