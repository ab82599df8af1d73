namespace VampNet.Services.Inference.Scheduling;

/// <summary>
/// Something that a model does in one step or in many: a generation, a chunk of audio to encode. Steps that fit together
/// are made together. The scheduler calls it, one thread at a time.
/// </summary>
public abstract class StepWork<TModel>
{
    /// <summary>What it is, in metrics, traces and estimates, such as "encode".</summary>
    public abstract string Operation { get; }

    /// <summary>Frames that the next step goes over: what its time and memory grow with.</summary>
    public abstract int Frames { get; }

    /// <summary>Next steps of one operation and equal shapes can be made together; null = only alone.</summary>
    public virtual object? Shape => null;

    /// <summary>Work that is left, in frames times steps.</summary>
    public virtual long FrameStepsLeft => Frames;

    /// <summary>Makes the next step of all of these on the device: in all of them, or in none if it throws.</summary>
    /// <param name="batch">works of this one's operation and shape, this one among them</param>
    public abstract void Advance(TModel model, IReadOnlyList<StepWork<TModel>> batch);

    /// <summary>A step was made. No longer on the device.</summary>
    /// <returns>true if it was the last</returns>
    public virtual bool Stepped() => true;

    /// <summary>All steps were made.</summary>
    /// <param name="elapsed">since the first began</param>
    public virtual void Finished(TimeSpan elapsed)
    {
    }
}

/// <summary>One call of the model, by itself.</summary>
/// <param name="frames">that it goes over</param>
internal sealed class CallWork<TModel, TResult>(string operation, int frames, Func<TModel, TResult> call) : StepWork<TModel>
{
    public override string Operation => operation;

    public override int Frames => frames;

    public TResult? Result { get; private set; }

    public override void Advance(TModel model, IReadOnlyList<StepWork<TModel>> batch) => Result = call(model);
}
