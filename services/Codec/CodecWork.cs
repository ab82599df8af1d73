using VampNet.Core.Tokens;
using VampNet.Model.Codec;
using VampNet.Services.Inference.Scheduling;

namespace VampNet.Services.Codec;

/// <summary>Encoding of one window: windows of one length go together.</summary>
internal sealed class EncodeWork(ICodec codec, EncodeWindow window) : StepWork<ICodec>
{
    public const string Name = "encode";

    public override string Operation => Name;

    public override int Frames => codec.FramesOf(window.Audio.Length);

    public override object? Shape => codec.SharesPasses ? Frames : null;

    public TokenGrid? Tokens { get; private set; }

    private EncodeWindow Window => window;

    public override void Advance(ICodec model, IReadOnlyList<StepWork<ICodec>> batch)
    {
        var works = batch.Cast<EncodeWork>().ToList();
        foreach (var (work, tokens) in works.Zip(model.Encode(works.ConvertAll(work => work.Window))))
            work.Tokens = tokens;
    }
}

/// <summary>Decoding of one window: windows of one size go together.</summary>
internal sealed class DecodeWork(ICodec codec, DecodeWindow window) : StepWork<ICodec>
{
    public const string Name = "decode";

    public override string Operation => Name;

    public override int Frames => window.Tokens.Frames;

    public override object? Shape => codec.SharesPasses ? (window.Tokens.Codebooks, window.Tokens.Frames) : null;

    public float[]? Samples { get; private set; }

    private DecodeWindow Window => window;

    public override void Advance(ICodec model, IReadOnlyList<StepWork<ICodec>> batch)
    {
        var works = batch.Cast<DecodeWork>().ToList();
        foreach (var (work, samples) in works.Zip(model.Decode(works.ConvertAll(work => work.Window))))
            work.Samples = samples;
    }
}
