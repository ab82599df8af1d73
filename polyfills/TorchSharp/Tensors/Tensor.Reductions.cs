using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Sums, extremes, orders.</summary>
    public partial class Tensor
    {
        private static class Reductions
        {
            public static readonly Operator sum = new("sum");
            public static readonly Operator sum_dim = new("sum", "dim_IntList");
            public static readonly Operator mean = new("mean");
            public static readonly Operator mean_dim = new("mean", "dim");
            public static readonly Operator max = new("max");
            public static readonly Operator max_dim = new("max", "dim");
            public static readonly Operator min = new("min");
            public static readonly Operator min_dim = new("min", "dim");
            public static readonly Operator amax = new("amax");
            public static readonly Operator amin = new("amin");
            public static readonly Operator argmax = new("argmax");
            public static readonly Operator argmin = new("argmin");
            public static readonly Operator any = new("any");
            public static readonly Operator all = new("all");
            public static readonly Operator norm = new("norm", "Scalar");
            public static readonly Operator norm_dim = new("norm", "ScalarOpt_dim");
            public static readonly Operator var = new("var");
            public static readonly Operator std = new("std");
            public static readonly Operator cumsum = new("cumsum");
            public static readonly Operator logsumexp = new("logsumexp");
            public static readonly Operator softmax = new("softmax", "int");
            public static readonly Operator log_softmax = new("log_softmax", "int");
            public static readonly Operator sort = new("sort");
            public static readonly Operator topk = new("topk");
            public static readonly Operator bincount = new("bincount");
            public static readonly Operator searchsorted = new("searchsorted", "Tensor");
        }

        public Tensor sum(ScalarType? type = null) => Reductions.sum.Call(this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Reductions.sum_dim.Call(this, dim, keepdim, type);

        public Tensor mean() => Reductions.mean.Call(this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Reductions.mean_dim.Call(this, dimensions, keepdim, type);

        public Tensor max() => Reductions.max.Call(this);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Reductions.max_dim.CallPair(this, dim, keepdim);

        public Tensor min() => Reductions.min.Call(this);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Reductions.min_dim.CallPair(this, dim, keepdim);

        public Tensor amax(long[] dims, bool keepdim = false) => Reductions.amax.Call(this, dims, keepdim);

        public Tensor amin(long[] dims, bool keepdim = false) => Reductions.amin.Call(this, dims, keepdim);

        public Tensor argmax(long dim, bool keepdim = false) => Reductions.argmax.Call(this, dim, keepdim);

        public Tensor argmin(long dim, bool keepdim = false) => Reductions.argmin.Call(this, dim, keepdim);

        public Tensor any() => Reductions.any.Call(this);

        public Tensor all() => Reductions.all.Call(this);

        public Tensor norm(float p = 2.0f) => Reductions.norm.Call(this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => Reductions.norm_dim.Call(this, (double)p, new long[] { dim }, keepdim);

        public Tensor var(bool unbiased = true) => Reductions.var.Call(this, unbiased);

        public Tensor std(bool unbiased = true) => Reductions.std.Call(this, unbiased);

        public Tensor cumsum(long dim, ScalarType? type = null) => Reductions.cumsum.Call(this, dim, type);

        public Tensor logsumexp(long dim, bool keepdim = false) => Reductions.logsumexp.Call(this, new[] { dim }, keepdim);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Reductions.softmax.Call(this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Reductions.log_softmax.Call(this, dim, dtype);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false) => Reductions.sort.CallPair(this, dim, descending);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Reductions.topk.CallPair(this, (long)k, (long)dim, largest, sorted);

        public Tensor bincount(Tensor? weights = null, long minlength = 0) => Reductions.bincount.Call(this, weights, minlength);

        internal static Tensor Searchsorted(Tensor sequence, Tensor values, bool int32, bool right, Tensor? sorter) =>
            Reductions.searchsorted.Call(sequence, values, int32, right, Argument.None, sorter);
    }

    /// <summary>Where values belong in rows that ascend; with <paramref name="right"/> behind those that equal them.</summary>
    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false, Tensor? sorter = null) =>
        Tensor.Searchsorted(sorted_sequence, values, out_int32, right, sorter);
}
