using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using VampNet.Model.Checkpoints;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

public class SafetensorsTests
{
    private static readonly TensorTable Sample = new("sample", new OrderedDictionary<string, RawTensor>
    {
        ["b.flags"] = new(ElementType.BOOL, [3], new byte[] { 1, 0, 1 }),
        ["a.weight"] = RawTensor.FromFloats([1, -2, 3, 4, 5, 6.5f], 2, 3),
        ["scalar"] = new(ElementType.I64, [], BitConverter.GetBytes(7L)),
        ["empty"] = new(ElementType.F16, [0, 4], Array.Empty<byte>()),
    }, new Dictionary<string, string> { [HyperParameters.MetadataKey] = """{"n_heads":4,"rates":[2,4]}""" });

    [Fact]
    public void What_is_written_is_read()
    {
        var back = Read(Write(Sample));
        Assert.Equal(Sample.Tensors.Keys.Order(), back.Tensors.Keys.Order());
        foreach (var (name, tensor) in Sample.Tensors)
        {
            Assert.Equal(tensor.ToString(), back[name].ToString());
            Assert.Equal(tensor.Data.ToArray(), back[name].Data.ToArray());
        }
        Assert.Equal(Sample.Metadata, back.Metadata);
        Assert.Equal([2, 4], back.HyperParameters().GetInts("rates"));
    }

    [Fact]
    public void The_layout_is_that_of_the_format()
    {
        var file = Write(Sample);
        var headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, headerLength % 8); // data starts aligned
        using var header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        var weight = header.RootElement.GetProperty("a.weight");
        Assert.Equal("F32", weight.GetProperty("dtype").GetString());
        Assert.Equal([2, 3], weight.GetProperty("shape").EnumerateArray().Select(v => v.GetInt32()));
        var offsets = weight.GetProperty("data_offsets").EnumerateArray().Select(v => v.GetInt32()).ToArray();
        Assert.Equal([8, 32], offsets); // behind the 8 bytes of "scalar", before the single bytes
        Assert.Equal(-2f, BinaryPrimitives.ReadSingleLittleEndian(file.AsSpan(8 + headerLength + offsets[0] + 4)));
        Assert.Equal(file, Write(Sample)); // no date, no chance
    }

    [Fact]
    public void A_file_of_other_software_is_read()
    {
        var table = Read(File("""{"w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}  """, 0x80, 0x3f, 0x20, 0xc0));
        Assert.Equal([1f, -2.5f], table["w"].ToFloats());
        Assert.Empty(table.Metadata);
    }

    [Theory]
    [InlineData("", "header")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{\"w\":", "damaged")]
    [InlineData("{\"w\":3}", "'w'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "'w'")]
    [InlineData("""{"w":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", "'w' has elements of type F31")]
    [InlineData("""{"w":{"dtype":"1","shape":[1],"data_offsets":[0,4]}}""", "'w' has elements of type 1")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1]}}""", "'w' needs")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "'w' needs")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "'w' needs")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "'w' has a shape")]
    [InlineData("""{"w":{"dtype":"F32","shape":"1","data_offsets":[0,4]}}""", "'w' has a shape")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"code":1}}""", "'code'")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "'w' of F32 (2) has 4 bytes")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "'w' of F32 (-1)")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", "'w' of F32")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'w' ends at byte 8, the file holds 4")]
    [InlineData("""{"w":{"dtype":"U8","shape":[3],"data_offsets":[1,4]}}""", "'w' starts at byte 1")]
    [InlineData("""{"v":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "'w' starts at byte 2")]
    [InlineData("""{"v":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"w":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}}""", "'w' starts at byte 2")]
    [InlineData("""{"w":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}""", "1 bytes after the last tensor")]
    [InlineData("""{"__metadata__":{"a":1},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "damaged")]
    [InlineData("""{"__metadata__":[],"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "damaged")]
    [InlineData("""{"w":{"dtype":7,"shape":[1],"data_offsets":[0,4]}}""", "damaged")]
    public void Bad_headers_are_refused_with_the_tensor_named(string header, string expected)
    {
        var error = Assert.Throws<CheckpointException>(() => Read(File(header, 0, 0, 0, 0)));
        Assert.StartsWith("test.safetensors: ", error.Message);
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    public void Very_short_files_are_refused(int length) =>
        Assert.Throws<CheckpointException>(() => Read(Enumerable.Repeat((byte)255, length).ToArray()));

    [Fact]
    public void Every_flipped_data_byte_is_noticed_and_its_tensor_named()
    {
        var file = Write(Sample);
        var data = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        for (var i = data; i < file.Length; i++)
        {
            file[i] ^= 0x10;
            var expected = i < data + 8 ? "scalar" : i < data + 32 ? "a.weight" : "b.flags";
            Assert.Contains($"tensor '{expected}' is damaged", Assert.Throws<CheckpointException>(() => Read(file)).Message);
            file[i] ^= 0x10;
        }
    }

    [Fact]
    public void Truncation_names_the_tensor_that_is_cut()
    {
        var file = Write(Sample);
        Assert.Contains("'b.flags'", Assert.Throws<CheckpointException>(() => Read(file[..^1])).Message);
        Assert.Contains("'a.weight'", Assert.Throws<CheckpointException>(() => Read(file[..^4])).Message);
    }

    [Fact]
    public void Wrong_shapes_and_missing_tensors_are_named()
    {
        Assert.Contains(
            "'a.weight' is F32 (2, 3), expected shape (3, 2)",
            Assert.Throws<CheckpointException>(() => Sample.Get("a.weight", 3, 2)).Message);
        Assert.Contains("'nothing' is missing", Assert.Throws<CheckpointException>(() => Sample["nothing"]).Message);
        Assert.Equal(6, Sample.Get("a.weight", 2, 3).Count);
    }

    [Fact]
    public void Any_float_tensors_come_back_bit_for_bit() => Prop.ForAll<float[][]>(arrays =>
    {
        var tensors = new OrderedDictionary<string, RawTensor>();
        foreach (var (i, values) in arrays.Index())
            tensors[$"t{i}"] = RawTensor.FromFloats(values, values.Length);
        var back = Read(Write(new TensorTable("any", tensors, new Dictionary<string, string>())));
        return tensors.Count == back.Tensors.Count && tensors.All(t => t.Value.Data.Span.SequenceEqual(back[t.Key].Data.Span));
    }).QuickCheckThrowOnFailure();

    internal static byte[] Write(TensorTable table)
    {
        using var file = new MemoryStream();
        Safetensors.Write(file, table);
        return file.ToArray();
    }

    private static TensorTable Read(byte[] file) => Safetensors.Read(new MemoryStream(file), "test.safetensors");

    private static byte[] File(string header, params byte[] data) =>
        [.. BitConverter.GetBytes((ulong)Encoding.UTF8.GetByteCount(header)), .. Encoding.UTF8.GetBytes(header), .. data];
}
