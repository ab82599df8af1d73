using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Element by element.</summary>
    public partial class Tensor
    {
        private static class Pointwise
        {
            public static readonly Operator neg = new("neg");
            public static readonly Operator abs = new("abs");
            public static readonly Operator exp = new("exp");
            public static readonly Operator log = new("log");
            public static readonly Operator log10 = new("log10");
            public static readonly Operator log2 = new("log2");
            public static readonly Operator log1p = new("log1p");
            public static readonly Operator sqrt = new("sqrt");
            public static readonly Operator rsqrt = new("rsqrt");
            public static readonly Operator sin = new("sin");
            public static readonly Operator cos = new("cos");
            public static readonly Operator tanh = new("tanh");
            public static readonly Operator sigmoid = new("sigmoid");
            public static readonly Operator square = new("square");
            public static readonly Operator floor = new("floor");
            public static readonly Operator ceil = new("ceil");
            public static readonly Operator round = new("round");
            public static readonly Operator sign = new("sign");
            public static readonly Operator relu = new("relu");
            public static readonly Operator silu = new("silu");
            public static readonly Operator isnan = new("isnan");
            public static readonly Operator isfinite = new("isfinite");
            public static readonly Operator logical_not = new("logical_not");
            public static readonly Operator real = new("real");
            public static readonly Operator imag = new("imag");
            public static readonly Operator angle = new("angle");
            public static readonly Operator conj = new("conj");
            public static readonly Operator erf = new("erf");
            public static readonly Operator reciprocal = new("reciprocal");
            public static readonly Operator neg_ = new("neg_");
            public static readonly Operator exp_ = new("exp_");
            public static readonly Operator sqrt_ = new("sqrt_");
            public static readonly Operator abs_ = new("abs_");
            public static readonly Operator relu_ = new("relu_");
            public static readonly Operator rsqrt_ = new("rsqrt_");
            public static readonly Operator add_Tensor = new("add", "Tensor");
            public static readonly Operator sub_Tensor = new("sub", "Tensor");
            public static readonly Operator mul_Tensor = new("mul", "Tensor");
            public static readonly Operator div_Tensor = new("div", "Tensor");
            public static readonly Operator eq_Tensor = new("eq", "Tensor");
            public static readonly Operator ne_Tensor = new("ne", "Tensor");
            public static readonly Operator lt_Tensor = new("lt", "Tensor");
            public static readonly Operator le_Tensor = new("le", "Tensor");
            public static readonly Operator gt_Tensor = new("gt", "Tensor");
            public static readonly Operator ge_Tensor = new("ge", "Tensor");
            public static readonly Operator eq_Scalar = new("eq", "Scalar");
            public static readonly Operator ne_Scalar = new("ne", "Scalar");
            public static readonly Operator lt_Scalar = new("lt", "Scalar");
            public static readonly Operator le_Scalar = new("le", "Scalar");
            public static readonly Operator gt_Scalar = new("gt", "Scalar");
            public static readonly Operator ge_Scalar = new("ge", "Scalar");
            public static readonly Operator add_Scalar = new("add", "Scalar");
            public static readonly Operator sub_Scalar = new("sub", "Scalar");
            public static readonly Operator mul_Scalar = new("mul", "Scalar");
            public static readonly Operator div_Scalar = new("div", "Scalar");
            public static readonly Operator rsub_Scalar = new("rsub", "Scalar");
            public static readonly Operator pow_Tensor_Scalar = new("pow", "Tensor_Scalar");
            public static readonly Operator pow_Tensor_Tensor = new("pow", "Tensor_Tensor");
            public static readonly Operator addInPlace_Tensor = new("add_", "Tensor");
            public static readonly Operator addInPlace_Scalar = new("add_", "Scalar");
            public static readonly Operator subInPlace_Tensor = new("sub_", "Tensor");
            public static readonly Operator subInPlace_Scalar = new("sub_", "Scalar");
            public static readonly Operator mulInPlace_Tensor = new("mul_", "Tensor");
            public static readonly Operator mulInPlace_Scalar = new("mul_", "Scalar");
            public static readonly Operator divInPlace_Tensor = new("div_", "Tensor");
            public static readonly Operator divInPlace_Scalar = new("div_", "Scalar");
            public static readonly Operator remainder_Scalar = new("remainder", "Scalar");
            public static readonly Operator lerpInPlace_Scalar = new("lerp_", "Scalar");
            public static readonly Operator masked_fill_Scalar = new("masked_fill", "Scalar");
            public static readonly Operator masked_fillInPlace_Scalar = new("masked_fill_", "Scalar");
            public static readonly Operator where_self = new("where", "self");
            public static readonly Operator maximum = new("maximum");
            public static readonly Operator minimum = new("minimum");
            public static readonly Operator clamp = new("clamp");
            public static readonly Operator clamp_min = new("clamp_min");
            public static readonly Operator clamp_max = new("clamp_max");
            public static readonly Operator clamp_ = new("clamp_");
            public static readonly Operator logical_and = new("logical_and");
            public static readonly Operator logical_or = new("logical_or");
            public static readonly Operator nan_to_num = new("nan_to_num");
            public static readonly Operator atan2 = new("atan2");
            public static readonly Operator addcmul_ = new("addcmul_");
            public static readonly Operator addcdiv_ = new("addcdiv_");
        }

        public Tensor neg() => Pointwise.neg.Call(this);

        public Tensor abs() => Pointwise.abs.Call(this);

        public Tensor exp() => Pointwise.exp.Call(this);

        public Tensor log() => Pointwise.log.Call(this);

        public Tensor log10() => Pointwise.log10.Call(this);

        public Tensor log2() => Pointwise.log2.Call(this);

        public Tensor log1p() => Pointwise.log1p.Call(this);

        public Tensor sqrt() => Pointwise.sqrt.Call(this);

        public Tensor rsqrt() => Pointwise.rsqrt.Call(this);

        public Tensor sin() => Pointwise.sin.Call(this);

        public Tensor cos() => Pointwise.cos.Call(this);

        public Tensor tanh() => Pointwise.tanh.Call(this);

        public Tensor sigmoid() => Pointwise.sigmoid.Call(this);

        public Tensor square() => Pointwise.square.Call(this);

        public Tensor floor() => Pointwise.floor.Call(this);

        public Tensor ceil() => Pointwise.ceil.Call(this);

        public Tensor round() => Pointwise.round.Call(this);

        public Tensor sign() => Pointwise.sign.Call(this);

        public Tensor relu() => Pointwise.relu.Call(this);

        public Tensor silu() => Pointwise.silu.Call(this);

        public Tensor isnan() => Pointwise.isnan.Call(this);

        public Tensor isfinite() => Pointwise.isfinite.Call(this);

        public Tensor logical_not() => Pointwise.logical_not.Call(this);

        public Tensor real => Pointwise.real.Call(this);

        public Tensor imag => Pointwise.imag.Call(this);

        public Tensor angle() => Pointwise.angle.Call(this);

        public Tensor conj() => Pointwise.conj.Call(this);

        public Tensor erf() => Pointwise.erf.Call(this);

        public Tensor reciprocal() => Pointwise.reciprocal.Call(this);

        public Tensor neg_() => Pointwise.neg_.CallInPlace(this);

        public Tensor exp_() => Pointwise.exp_.CallInPlace(this);

        public Tensor sqrt_() => Pointwise.sqrt_.CallInPlace(this);

        public Tensor abs_() => Pointwise.abs_.CallInPlace(this);

        public Tensor relu_() => Pointwise.relu_.CallInPlace(this);

        public Tensor rsqrt_() => Pointwise.rsqrt_.CallInPlace(this);

        public Tensor add(Tensor target) => Pointwise.add_Tensor.Call(this, target);

        public Tensor add(Scalar target) => Pointwise.add_Scalar.Call(this, target);

        public Tensor add_(Tensor target) => Pointwise.addInPlace_Tensor.CallInPlace(this, target);

        public Tensor add_(Scalar target) => Pointwise.addInPlace_Scalar.CallInPlace(this, target);

        public Tensor sub(Tensor target) => Pointwise.sub_Tensor.Call(this, target);

        public Tensor sub(Scalar target) => Pointwise.sub_Scalar.Call(this, target);

        public Tensor sub_(Tensor target) => Pointwise.subInPlace_Tensor.CallInPlace(this, target);

        public Tensor sub_(Scalar target) => Pointwise.subInPlace_Scalar.CallInPlace(this, target);

        public Tensor mul(Tensor target) => Pointwise.mul_Tensor.Call(this, target);

        public Tensor mul(Scalar target) => Pointwise.mul_Scalar.Call(this, target);

        public Tensor mul_(Tensor target) => Pointwise.mulInPlace_Tensor.CallInPlace(this, target);

        public Tensor mul_(Scalar target) => Pointwise.mulInPlace_Scalar.CallInPlace(this, target);

        public Tensor div(Tensor target) => Pointwise.div_Tensor.Call(this, target);

        public Tensor div(Scalar target) => Pointwise.div_Scalar.Call(this, target);

        public Tensor div_(Tensor target) => Pointwise.divInPlace_Tensor.CallInPlace(this, target);

        public Tensor div_(Scalar target) => Pointwise.divInPlace_Scalar.CallInPlace(this, target);

        public Tensor add_(Tensor target, Scalar alpha) => Pointwise.addInPlace_Tensor.CallInPlace(this, target, alpha);

        public Tensor eq(Tensor target) => Pointwise.eq_Tensor.Call(this, target);

        public Tensor eq(Scalar target) => Pointwise.eq_Scalar.Call(this, target);

        public Tensor ne(Tensor target) => Pointwise.ne_Tensor.Call(this, target);

        public Tensor ne(Scalar target) => Pointwise.ne_Scalar.Call(this, target);

        public Tensor lt(Tensor target) => Pointwise.lt_Tensor.Call(this, target);

        public Tensor lt(Scalar target) => Pointwise.lt_Scalar.Call(this, target);

        public Tensor le(Tensor target) => Pointwise.le_Tensor.Call(this, target);

        public Tensor le(Scalar target) => Pointwise.le_Scalar.Call(this, target);

        public Tensor gt(Tensor target) => Pointwise.gt_Tensor.Call(this, target);

        public Tensor gt(Scalar target) => Pointwise.gt_Scalar.Call(this, target);

        public Tensor ge(Tensor target) => Pointwise.ge_Tensor.Call(this, target);

        public Tensor ge(Scalar target) => Pointwise.ge_Scalar.Call(this, target);

        public Tensor pow(Scalar exponent) => Pointwise.pow_Tensor_Scalar.Call(this, exponent);

        public Tensor pow(Tensor exponent) => Pointwise.pow_Tensor_Tensor.Call(this, exponent);

        public Tensor remainder(Scalar other) => Pointwise.remainder_Scalar.Call(this, other);

        public Tensor maximum(Tensor other) => Pointwise.maximum.Call(this, other);

        public Tensor minimum(Tensor other) => Pointwise.minimum.Call(this, other);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Pointwise.clamp.Call(this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => Pointwise.clamp_.CallInPlace(this, min, max);

        public Tensor clamp_min(Scalar min) => Pointwise.clamp_min.Call(this, min);

        public Tensor clamp_max(Scalar max) => Pointwise.clamp_max.Call(this, max);

        public Tensor logical_and(Tensor other) => Pointwise.logical_and.Call(this, other);

        public Tensor logical_or(Tensor other) => Pointwise.logical_or.Call(this, other);

        public Tensor lerp_(Tensor end, Scalar weight) => Pointwise.lerpInPlace_Scalar.CallInPlace(this, end, weight);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Pointwise.addcmul_.CallInPlace(this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Pointwise.addcdiv_.CallInPlace(this, tensor1, tensor2, value);

        public Tensor masked_fill(Tensor mask, Scalar value) => Pointwise.masked_fill_Scalar.Call(this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Pointwise.masked_fillInPlace_Scalar.CallInPlace(this, mask, value);

        public Tensor nan_to_num(double? nan = null) => Pointwise.nan_to_num.Call(this, nan is { } value ? (Argument)value : Argument.None);

        public Tensor atan2(Tensor other) => Pointwise.atan2.Call(this, other);

        /// <summary>This tensor where <paramref name="condition"/> holds, <paramref name="y"/> elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y) => Pointwise.where_self.Call(condition, this, y);

        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        public static Tensor operator <(Tensor left, Tensor right) => left.lt(right);

        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);

        public static Tensor operator <=(Tensor left, Tensor right) => left.le(right);

        public static Tensor operator <=(Tensor left, Scalar right) => left.le(right);

        public static Tensor operator >(Tensor left, Tensor right) => left.gt(right);

        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);

        public static Tensor operator >=(Tensor left, Tensor right) => left.ge(right);

        public static Tensor operator >=(Tensor left, Scalar right) => left.ge(right);

        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        public static Tensor operator -(Scalar left, Tensor right) => Pointwise.rsub_Scalar.Call(right, left);

        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        public static Tensor operator /(Scalar left, Tensor right) => right.reciprocal().mul(left);
    }
}
