using VampNet.Services.Inference.Scheduling;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;

namespace VampNet.Simulation.Mesh;

/// <summary>A model of which only the time is left that its steps take.</summary>
internal sealed class SimulatedModel(CostCurves costs, VirtualTime time) : IHeldModel<SimulatedModel>
{
    public SimulatedModel Value => this;

    public void Hold()
    {
    }

    public void Release()
    {
    }

    public void Step(string operation, IReadOnlyList<int> frames) =>
        time.Spend(TimeSpan.FromSeconds(costs.Wall(operation, frames)));
}

/// <summary>Work of some steps, all over the same frames: a chunk of the codec in one, a generation in many.</summary>
/// <param name="operation">of the table of costs</param>
/// <param name="shape">works of equal shape share a step; null = none does</param>
/// <param name="stepped">called after each step</param>
internal sealed class SimulatedWork(string operation, int frames, int steps, object? shape, Action stepped) : StepWork<SimulatedModel>
{
    private int _left = steps;

    public override string Operation => operation;

    public override int Frames => frames;

    public override object? Shape => shape;

    public override long FrameStepsLeft => (long)frames * _left;

    public override void Advance(SimulatedModel model, IReadOnlyList<StepWork<SimulatedModel>> batch) =>
        model.Step(operation, [.. batch.Select(work => work.Frames)]);

    public override bool Stepped()
    {
        stepped();
        return --_left == 0;
    }
}
