using TorchSharp;
using TorchSharp.Modules;
using VampNet.Model.Layers;
using static TorchSharp.torch;

namespace VampNet.Training.Runs;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter 2019). TorchSharp's own moves parameters that got no gradient, and makes a
/// number of unsafe <see cref="Scalar"/>s a step.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private const double Epsilon = 1e-8;
    private readonly List<Moments> _parameters;
    private readonly double _beta1, _beta2, _weightDecay;

    /// <param name="network">whose parameters learn; those that require no gradient are left out</param>
    public AdamW(nn.Module network, double beta1 = 0.9, double beta2 = 0.999, double weightDecay = 0)
    {
        (_beta1, _beta2, _weightDecay) = (beta1, beta2, weightDecay);
        _parameters = [.. network.named_parameters().Where(p => p.parameter.requires_grad).Select(p => new Moments(p.name, p.parameter))];
    }

    /// <summary>Drops the gradients: a parameter that gets none in the next pass stays as it is.</summary>
    public void ZeroGrad()
    {
        foreach (var moments in _parameters)
            moments.Parameter.grad = null;
    }

    /// <summary>One step down the gradients.</summary>
    public void Step(double learningRate)
    {
        using var frozen = no_grad();
        foreach (var moments in _parameters)
        {
            using var scope = NewDisposeScope();
            if (moments.Parameter.grad is { } gradient)
                Step(moments, gradient, learningRate);
        }
    }

    /// <summary>Writes everything that a later run needs to continue: names, steps and moments.</summary>
    public void Save(BinaryWriter writer)
    {
        foreach (var moments in _parameters)
        {
            writer.Write(moments.Name);
            writer.Write(moments.Steps);
            foreach (var moment in moments.Both)
            {
                using var copy = moment.cpu();
                writer.Write(copy.bytes);
            }
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote for the same parameters.</summary>
    /// <exception cref="InvalidDataException">they are others</exception>
    public void Load(BinaryReader reader)
    {
        foreach (var moments in _parameters)
        {
            var name = reader.ReadString();
            if (name != moments.Name)
                throw new InvalidDataException(
                    $"the optimiser's file goes on with '{name}' where the network has '{moments.Name}': it is of another network or "
                        + "version");
            moments.Steps = reader.ReadInt64();
            foreach (var moment in moments.Both)
            {
                using var copy = empty_like(moment, device: CPU);
                reader.BaseStream.ReadExactly(copy.bytes);
                moment.copy_(copy);
            }
        }
    }

    public void Dispose() => _parameters.ForEach(moments => moments.Dispose());

    private void Step(Moments moments, Tensor gradient, double learningRate)
    {
        moments.Steps++;
        moments.Parameter.Scale(1 - learningRate * _weightDecay);
        moments.First.Approach(gradient, 1 - _beta1);
        moments.Second.Approach(gradient.Squared(), 1 - _beta2);
        var correction1 = 1 - Math.Pow(_beta1, moments.Steps);
        var correction2 = 1 - Math.Pow(_beta2, moments.Steps);
        var deviation = moments.Second.sqrt().Scale(1 / Math.Sqrt(correction2)).Plus(Epsilon);
        moments.Parameter.Add((moments.First / deviation).Scale(-learningRate / correction1));
    }

    /// <summary>Running means of a parameter's gradient and of its square.</summary>
    private sealed class Moments(string name, Parameter parameter) : IDisposable
    {
        public string Name { get; } = name;

        public Parameter Parameter { get; } = parameter;

        public long Steps { get; set; }

        public Tensor First { get; } = Zeros(parameter);

        public Tensor Second { get; } = Zeros(parameter);

        public Tensor[] Both => [First, Second];

        public void Dispose()
        {
            First.Dispose();
            Second.Dispose();
        }

        private static Tensor Zeros(Parameter parameter)
        {
            using var frozen = no_grad();
            return zeros_like(parameter).DetachFromDisposeScope();
        }
    }
}
