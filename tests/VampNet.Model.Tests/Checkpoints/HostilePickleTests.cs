using System.IO.Compression;
using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>Files made to run code, to exhaust memory, or to break the reader.</summary>
public class HostilePickleTests
{
    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("builtins", "getattr")]
    [InlineData("subprocess", "Popen")]
    [InlineData("torch", "load")]
    [InlineData("torch._utils", "_rebuild_tensor_v2.__globals__")]
    [InlineData("collections", "OrderedDict.fromkeys")]
    [InlineData("torch.nn.modules.linear", "Linear")]
    public void Other_globals_are_refused_by_name(string module, string name)
    {
        var global = new PickleWriter().Global(module, name).Op("(").Text("touch hacked").Op("tR");
        AssertRefused(global, $"{module}.{name}");
        var stackGlobal = new PickleWriter().Text(module).Text(name).Raw(0x93).Op("(").Text("touch hacked").Op("tR");
        AssertRefused(stackGlobal, $"{module}.{name}");
        var newObject = new PickleWriter().Op("}").Text("state_dict").Global(module, name).Op(")").Raw(0x81).Op("s");
        AssertRefused(newObject, $"{module}.{name}");
    }

    [Theory]
    [InlineData("i", "0x69")] // INST
    [InlineData("o", "0x6f")] // OBJ
    [InlineData("\u0082\u0001", "0x82")] // EXT1
    [InlineData("P", "0x50")] // PERSID
    [InlineData("\u0092", "0x92")] // NEWOBJ_EX
    [InlineData("2", "0x32")] // DUP
    public void Other_opcodes_are_refused(string opcode, string shown) => AssertRefused(new PickleWriter().Op(opcode), shown);

    [Fact]
    public void Allowed_names_cannot_be_called_in_other_ways()
    {
        AssertRefused(new PickleWriter().Global("collections", "OrderedDict").Op("(").Text("x").Op("tR"), "collections.OrderedDict");
        AssertRefused(new PickleWriter().Global("torch", "FloatStorage").Op("(").Int(1 << 30).Op("tR"), "torch.FloatStorage");
        AssertRefused(new PickleWriter().Global("torch._utils", "_rebuild_parameter").Op("(").Text("x").Op("tR"), "_rebuild_parameter");
        AssertRefused(
            new PickleWriter().Global("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint").Op(")R"), "ModelCheckpoint");
        AssertRefused(new PickleWriter().Text("text").Op(")R"), "no imported name");
    }

    [Fact]
    public void The_helper_writes_what_the_reader_accepts()
    {
        var data = Enumerable.Range(0, 4).SelectMany(i => BitConverter.GetBytes((float)i)).ToArray();
        var table = TorchCheckpoint.Read(StateDict(4, 1, [3], [1]).Checkpoint(data), "x.pth");
        Assert.Equal([1, 2, 3], table["w"].ToFloats());
    }

    [Theory]
    [InlineData(4, 0, new long[] { 5 }, new long[] { 1 })] // beyond the end
    [InlineData(4, 3, new long[] { 2 }, new long[] { 1 })]
    [InlineData(4, -1, new long[] { 2 }, new long[] { 1 })]
    [InlineData(4, 0, new long[] { 2 }, new long[] { 4 })]
    [InlineData(4, 0, new long[] { 2 }, new long[] { -1 })]
    [InlineData(4, 0, new long[] { -2 }, new long[] { 1 })]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { 1 })] // ranks differ
    [InlineData(4, 0, new long[] { 1L << 40 }, new long[] { 0 })] // expanded from nothing
    [InlineData(4, 0, new[] { 1L << 32, 1L << 32, 1L << 32 }, new long[] { 0, 0, 0 })] // the product overflows
    [InlineData(4, 0, new long[] { 2, 2 }, new[] { long.MaxValue, long.MaxValue })]
    [InlineData(5, 0, new long[] { 4 }, new long[] { 1 })] // the storage is shorter than said
    [InlineData(3, 0, new long[] { 3 }, new long[] { 1 })] // or longer
    [InlineData(long.MaxValue, 0, new[] { 1L << 61 }, new long[] { 1 })]
    public void Views_that_do_not_fit_are_refused(long storageCount, long offset, long[] shape, long[] strides) =>
        Assert.Throws<CheckpointException>(
            () => TorchCheckpoint.Read(StateDict(storageCount, offset, shape, strides).Checkpoint(), "x.pth"));

    [Fact]
    public void One_storage_under_very_many_names_is_refused()
    {
        var pickle = new PickleWriter().Op("}");
        for (var i = 0; i < 400; i++)
            pickle.Text($"w{i}").Tensor(1024, 0, [1024], [1]).Op("s");
        AssertRefused(pickle, "times the bytes of the file", new byte[4096]);
    }

    [Fact]
    public void Containers_that_hold_themselves_end()
    {
        // d = {}; d["_modules"] = d; d["state_dict"] = d
        AssertRefused(new PickleWriter().Op("}").Raw((byte)'q', 0).Text("state_dict").Raw((byte)'h', 0).Op("s"), "is not a tensor");
        // metadata.kwargs that contains itself
        var cyclic = new PickleWriter().Op("}").Text("state_dict").Op("}").Text("w").Tensor(4, 0, [4], [1]).Op("ss")
            .Text("metadata").Op("}").Raw((byte)'q', 0).Text("kwargs").Raw((byte)'h', 0).Op("ss");
        AssertRefused(cyclic, "nested too deeply");
    }

    [Fact]
    public void Modules_that_contain_themselves_end()
    {
        var module = new PickleWriter().Global("torch.nn.modules.module", "Module").Op(")").Raw(0x81).Raw((byte)'q', 0)
            .Op("}").Text("_modules").Op("}").Text("a").Raw((byte)'h', 0).Op("s").Text("b").Raw((byte)'h', 0).Op("ssb");
        var file = PickleWriter.Zip(("p/.data/extern_modules", []), ("p/M/M.pth", module.Pickle()));
        Assert.Contains("too deeply", Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(file, "p.pth")).Message);
    }

    /// <summary>A shared module makes few bytes name very many tensors, or very long ones.</summary>
    [Theory]
    [InlineData(100_000, 1)]
    [InlineData(1, 1_000)]
    public void Names_that_multiply_end_in_little_memory(int nameLength, int tensors)
    {
        var module = new PickleWriter().Global("torch.nn.modules.module", "Module").Op(")").Raw(0x81).Raw((byte)'q', 0)
            .Op("}").Text("_parameters").Op("}");
        for (var i = 0; i < tensors; i++)
            module.Text($"w{i}").Tensor(4, 0, [1], [1]).Op("s");
        module.Op("s").Text("_modules").Op("}").Text(new string('a', nameLength)).Raw((byte)'h', 0).Op("s").Text("b").Raw((byte)'h', 0)
            .Op("ssb");
        var pickle = module.Pickle();
        var file = PickleWriter.Zip(("p/.data/extern_modules", []), ("p/M/M.pth", pickle));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("too many", Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(file, "p.pth")).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    /// <summary>One byte can stand for an object; a description of weights has at most 4 MB.</summary>
    [Theory]
    [InlineData("}")]
    [InlineData("]")]
    [InlineData(")\u0085")]
    [InlineData("}\u0094")]
    [InlineData("(((((((t")]
    public void The_dearest_pickles_take_a_bounded_multiple_of_their_size(string opcodes)
    {
        const int Bytes = 1 << 20, MostPerByte = 128;
        var pickle = new PickleWriter();
        for (var i = 0; i < Bytes; i += opcodes.Length)
            pickle.Op(opcodes);
        var file = pickle.Checkpoint();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(file, "x.pth"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (long)Bytes * MostPerByte);
    }

    [Fact]
    public void Deep_nesting_needs_no_stack()
    {
        var pickle = new PickleWriter();
        for (var i = 0; i < 1_000_000; i++)
            pickle.Op("]");
        for (var i = 1; i < 1_000_000; i++)
            pickle.Op("a");
        AssertRefused(pickle, "neither a state dict");
    }

    [Fact]
    public void Compressed_oversized_and_doubled_entries_are_refused()
    {
        var zeros = new byte[1 << 20];
        AssertRefused(PickleWriter.Zip(CompressionLevel.SmallestSize, ("x/data.pkl", zeros)), "compressed");
        AssertRefused(PickleWriter.Zip(("x/data.pkl", new byte[5 << 20])), "at most");
        AssertRefused(PickleWriter.Zip(("x/data.pkl", [1]), ("y/data.pkl", [1])), "twice");
        AssertRefused(new MemoryStream("not a zip at all"u8.ToArray()), "no readable zip");
        AssertRefused(new MemoryStream(), "no readable zip");
        AssertRefused(PickleWriter.Zip(("x/other", [1])), "'data.pkl' is missing");
    }

    private static PickleWriter StateDict(long storageCount, long offset, long[] shape, long[] strides) =>
        new PickleWriter().Op("}").Text("w").Tensor(storageCount, offset, shape, strides).Op("s");

    private static void AssertRefused(PickleWriter pickle, string expected, byte[]? storage = null) =>
        AssertRefused(pickle.Checkpoint(storage), expected);

    private static void AssertRefused(Stream file, string expected)
    {
        var error = Assert.Throws<CheckpointException>(() => TorchCheckpoint.Read(file, "evil.pth"));
        Assert.StartsWith("evil.pth: ", error.Message);
        Assert.Contains(expected, error.Message);
    }
}
