using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>A named tree of parameters, buffers and modules.</summary>
        public abstract class Module(string name) : IDisposable
        {
            private readonly List<(string name, Module module)> _modules = [];
            private readonly List<(string name, Parameter parameter)> _parameters = [];
            private readonly List<(string name, Tensor buffer, bool persistent)> _buffers = [];

            public bool training { get; private set; } = true;

            public virtual string GetName() => name;

            public virtual void register_module(string name, Module submodule) => _modules.Add((name, submodule));

            public virtual void register_parameter(string name, Parameter param) => _parameters.Add((name, param));

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true) =>
                _buffers.Add((name, tensor.DetachFromDisposeScope(), persistent));

            public virtual IEnumerable<(string name, Module module)> named_children() => _modules;

            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
                recurse
                    ? _parameters.Concat(_modules.SelectMany(m => m.module.named_parameters().Select(p => ($"{m.name}.{p.name}", p.parameter))))
                    : _parameters;

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var own = _buffers.Where(b => b.persistent || include_nonpersistent).Select(b => (b.name, b.buffer));
                return recurse
                    ? own.Concat(_modules.SelectMany(m => m.module.named_buffers(true, include_nonpersistent).Select(b => ($"{m.name}.{b.name}", b.buffer))))
                    : own;
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(p => p.parameter);

            public virtual IEnumerable<Tensor> buffers(bool recurse = true) => named_buffers(recurse).Select(b => b.buffer);

            public virtual IEnumerable<Module> modules() => _modules.SelectMany(m => m.module.modules()).Prepend(this);

            public virtual Dictionary<string, Tensor> state_dict() =>
                named_parameters().Select(p => (p.name, tensor: (Tensor)p.parameter))
                    .Concat(named_buffers(true, false))
                    .ToDictionary(p => p.Item1, p => p.Item2);

            public virtual void train(bool train = true)
            {
                training = train;
                foreach (var (_, module) in _modules)
                    module.train(train);
            }

            public virtual void eval() => train(false);

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach (var parameter in parameters())
                    parameter.grad = null;
            }

            internal void MoveTo(Device? device, ScalarType? type)
            {
                using var frozen = no_grad();
                for (var i = 0; i < _parameters.Count; i++)
                {
                    var (name, old) = _parameters[i];
                    Move(old, device, type);
                }
                foreach (var (_, buffer, _) in _buffers)
                    Move(buffer, device, type);
                foreach (var (_, module) in _modules)
                    module.MoveTo(device, type);
            }

            private static void Move(Tensor tensor, Device? device, ScalarType? type)
            {
                // Only real numbers change their type: indices and flags stay what they are.
                var target = type is not null && tensor.dtype is ScalarType.Float32 or ScalarType.Float64 or ScalarType.BFloat16 or ScalarType.Float16 ? type.Value : tensor.dtype;
                tensor.BecomeCopyOf(device ?? tensor.device, target);
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing)
                    return;
                foreach (var (_, module) in _modules)
                    module.Dispose();
                foreach (var (_, parameter) in _parameters)
                    parameter.Dispose();
                foreach (var (_, buffer, _) in _buffers)
                    buffer.Dispose();
            }
        }

        public abstract class Module<T, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T input);

            public TResult call(T input) => forward(input);
        }

        public abstract class Module<T1, T2, TResult>(string name) : Module(name)
        {
            public abstract TResult forward(T1 input1, T2 input2);

            public TResult call(T1 input1, T2 input2) => forward(input1, input2);
        }

        public static ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
    }

    public partial class Tensor
    {
        /// <summary>Replaces the storage: the same object, elsewhere or of another type.</summary>
        internal void BecomeCopyOf(Device device, ScalarType type)
        {
            if (this.device.Equals(device) && dtype == type)
                return;
            var requires = requires_grad;
            using var outside = NewDisposeScope();
            var moved = detach().to(type, device).clone();
            var handle = moved.ReleaseHandle();
            var old = Interlocked.Exchange(ref _handle, handle);
            Interop.NativeMethods.vt_tensor_free(old);
            // TotalCount stays as it was: ReleaseHandle took the moved tensor out of it, and this one goes on.
            requires_grad = requires;
        }
    }
}

/// <summary>Moves modules between devices and types.</summary>
public static class ModuleExtensionMethods
{
    public static T to<T>(this T module, torch.Device device) where T : torch.nn.Module
    {
        module.MoveTo(device, null);
        return module;
    }

    public static T to<T>(this T module, torch.ScalarType type) where T : torch.nn.Module
    {
        module.MoveTo(null, type);
        return module;
    }
}
