using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public enum Reduction
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }

        public static class functional
        {
            private static readonly Operator s_linear = new("linear");
            private static readonly Operator s_conv1d = new("conv1d");
            private static readonly Operator s_conv2d = new("conv2d");
            private static readonly Operator s_convTranspose1d = new("conv_transpose1d");
            private static readonly Operator s_maxPool2d = new("max_pool2d");
            private static readonly Operator s_layerNorm = new("layer_norm");
            private static readonly Operator s_dropout = new("dropout");
            private static readonly Operator s_gelu = new("gelu");
            private static readonly Operator s_leakyRelu = new("leaky_relu");
            private static readonly Operator s_pad = new("pad");
            private static readonly Operator s_crossEntropy = new("cross_entropy_loss");
            private static readonly Operator s_l1 = new("l1_loss");
            private static readonly Operator s_mse = new("mse_loss");

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => s_linear.Call(input, weights, bias);

            public static Tensor conv1d(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1) =>
                s_conv1d.Call(input, weight, bias, new[] { stride ?? 1 }, new[] { padding ?? 0 }, new[] { dilation ?? 1 }, groups);

            public static Tensor conv2d(Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                s_conv2d.Call(input, weight, bias, strides ?? [1, 1], padding ?? [0, 0], dilation ?? [1, 1], groups);

            public static Tensor conv_transpose1d(Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? output_padding = null, long? dilation = null, long groups = 1) =>
                s_convTranspose1d.Call(input, weight, bias, new[] { stride ?? 1 }, new[] { padding ?? 0 }, new[] { output_padding ?? 0 }, groups, new[] { dilation ?? 1 });

            public static Tensor max_pool2d(Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                s_maxPool2d.Call(input, Both(kernel_size), Both(stride ?? kernel_size), Both(padding ?? 0), Both(dilation ?? 1), ceil_mode);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                s_layerNorm.Call(input, normalized_shape, weight, bias, eps);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true) => s_dropout.Call(input, p, training);

            public static Tensor gelu(Tensor x) => s_gelu.Call(x, "none");

            public static Tensor gelu(Tensor x, Modules.GELU.Approximate approximate) => s_gelu.Call(x, approximate == Modules.GELU.Approximate.tanh ? "tanh" : "none");

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01) => s_leakyRelu.Call(input, negative_slope);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            /// <summary>Pads the last dimensions; <paramref name="pad"/> names the last one first.</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
            {
                PaddingModes.Constant or PaddingModes.Zeros => s_pad.Call(input, pad, "constant", value),
                PaddingModes.Reflect => s_pad.Call(input, pad, "reflect"),
                PaddingModes.Replicate => s_pad.Call(input, pad, "replicate"),
                _ => s_pad.Call(input, pad, "circular"),
            };

            public static Tensor cross_entropy(Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                s_crossEntropy.Call(input, target, weight, (long)reduction, ignore_index, label_smoothing);

            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => s_l1.Call(input, target, (long)reduction);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => s_mse.Call(input, target, (long)reduction);

            private static long[] Both(long size) => [size, size];
        }

        public static class utils
        {
            /// <summary>Scales gradients so that their joint norm is at most <paramref name="max_norm"/>; returns the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Modules.Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                ArgumentOutOfRangeException.ThrowIfNotEqual(norm_type, 2.0);
                using var scope = NewDisposeScope();
                using var frozen = no_grad();
                var gradients = tensors.Select(p => p.grad).OfType<Tensor>().ToList();
                if (gradients.Count == 0)
                    return 0;
                var total = stack(gradients.Select(g => g.norm())).norm().item<float>();
                if (total + 1e-6 > max_norm)
                {
                    foreach (var gradient in gradients)
                        gradient.mul_(max_norm / (total + 1e-6));
                }
                return total;
            }
        }
    }
}
