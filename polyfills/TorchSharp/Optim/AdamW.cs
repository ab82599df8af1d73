using TorchSharp.Modules;

namespace TorchSharp.Modules
{
    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    public sealed class AdamW : torch.optim.Optimizer
    {
        private readonly List<(Parameter parameter, State state)> _parameters;
        private readonly double _beta1, _beta2, _eps;

        internal AdamW(IEnumerable<Parameter> parameters, double lr, double beta1, double beta2, double eps, double weightDecay)
        {
            (_beta1, _beta2, _eps) = (beta1, beta2, eps);
            _parameters = [.. parameters.Select(p => (p, new State(p)))];
            Group = new Options { LearningRate = lr, weight_decay = weightDecay };
        }

        private Options Group { get; }

        public override IEnumerable<torch.optim.ILearningRateController> ParamGroups => [Group];

        protected override IEnumerable<Parameter> Parameters => _parameters.Select(p => p.parameter);

        public override torch.Tensor? step(Func<torch.Tensor>? closure = null)
        {
            using var frozen = torch.no_grad();
            using var scope = torch.NewDisposeScope();
            foreach (var (parameter, state) in _parameters)
            {
                if (parameter.grad is not { } gradient)
                    continue;
                state.step++;
                parameter.mul_(1 - Group.LearningRate * Group.weight_decay);
                state.exp_avg.lerp_(gradient, 1 - _beta1);
                state.exp_avg_sq.mul_(_beta2).addcmul_(gradient, gradient, 1 - _beta2);
                var correction1 = 1 - Math.Pow(_beta1, state.step);
                var correction2 = 1 - Math.Pow(_beta2, state.step);
                var denominator = state.exp_avg_sq.sqrt().div_(Math.Sqrt(correction2)).add_(_eps);
                parameter.addcdiv_(state.exp_avg, denominator, -Group.LearningRate / correction1);
            }
            return null;
        }

        public override void save_state_dict(BinaryWriter writer)
        {
            foreach (var (_, state) in _parameters)
            {
                writer.Write(state.step);
                foreach (var moment in state.Moments)
                {
                    using var copy = moment.cpu();
                    writer.Write(copy.bytes);
                }
            }
        }

        public override void load_state_dict(BinaryReader reader)
        {
            foreach (var (_, state) in _parameters)
            {
                state.step = reader.ReadInt64();
                foreach (var moment in state.Moments)
                {
                    using var copy = torch.empty_like(moment, device: torch.CPU);
                    reader.BaseStream.ReadExactly(copy.bytes);
                    moment.copy_(copy);
                }
            }
        }

        protected override void Dispose(bool disposing)
        {
            foreach (var (_, state) in _parameters)
                state.Dispose();
        }

        private sealed class Options : torch.optim.ILearningRateController
        {
            public double LearningRate { get; set; }

            public double weight_decay { get; init; }
        }

        private sealed class State : IDisposable
        {
            public State(Parameter parameter)
            {
                using var frozen = torch.no_grad();
                exp_avg = torch.zeros_like(parameter).DetachFromDisposeScope();
                exp_avg_sq = torch.zeros_like(parameter).DetachFromDisposeScope();
            }

            public long step { get; set; }

            public torch.Tensor exp_avg { get; }

            public torch.Tensor exp_avg_sq { get; }

            public IEnumerable<torch.Tensor> Moments => [exp_avg, exp_avg_sq];

            public void Dispose()
            {
                exp_avg.Dispose();
                exp_avg_sq.Dispose();
            }
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static class optim
        {
            public interface ILearningRateController
            {
                double LearningRate { get; set; }
            }

            public abstract class Optimizer : IDisposable
            {
                public abstract IEnumerable<ILearningRateController> ParamGroups { get; }

                /// <summary>Writes everything that a later run needs to continue: steps and moments, in the order of the parameters.</summary>
                public abstract void save_state_dict(BinaryWriter writer);

                /// <summary>Reads what <see cref="save_state_dict"/> wrote for the same parameters.</summary>
                public abstract void load_state_dict(BinaryReader reader);

                protected abstract IEnumerable<Parameter> Parameters { get; }

                public abstract Tensor? step(Func<Tensor>? closure = null);

                public void zero_grad(bool set_to_none = true)
                {
                    foreach (var parameter in Parameters)
                        parameter.grad = null;
                }

                public void Dispose()
                {
                    Dispose(true);
                    GC.SuppressFinalize(this);
                }

                protected abstract void Dispose(bool disposing);
            }

            public static AdamW AdamW(IEnumerable<Parameter> parameters, double lr = 1e-3, double beta1 = 0.9, double beta2 = 0.999, double eps = 1e-8, double weight_decay = 0) =>
                new(parameters, lr, beta1, beta2, eps, weight_decay);
        }
    }
}
