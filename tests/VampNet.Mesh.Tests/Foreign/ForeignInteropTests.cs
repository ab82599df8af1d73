using VampNet.Mesh.Tests.Interop;
using VampNet.Mesh.Tests.Support;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Foreign;

/// <summary>gRPC's interop cases, by their names, with Python's grpcio as the client.</summary>
[Collection(MeshTests.Name)]
public sealed class ForeignInteropTests(Support.Mesh mesh) : InteropCase(mesh)
{
    private const string Special = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001F608\t\n";

    [ForeignClientFact]
    public async Task Python_sees_the_status_of_every_case()
    {
        var printed = await ForeignClient.RunAsync(
            "interop.py", Path.Combine(Repository.Root, "protos"), Mesh.Host.Gateway.Authority,
            new Uri(Mesh.Host.Stages["Codec"]).Authority);
        var seen = printed.EnumerateObject()
            .ToDictionary(c => c.Name, c => (Code: c.Value[0].GetString(), Message: c.Value[1].GetString()));
        foreach (var (name, result) in seen)
        {
            var expected = name.Split(':')[0] switch
            {
                "cancel_after_begin" or "cancel_after_first_response" => "CANCELLED",
                "timeout_on_sleeping_server" => "DEADLINE_EXCEEDED",
                "unimplemented_method" or "unimplemented_service" => "UNIMPLEMENTED",
                "status_code_and_message" or "special_status_message" => "NOT_FOUND",
                "large_unary" when name.Contains("above", StringComparison.Ordinal) => "RESOURCE_EXHAUSTED",
                _ => "OK",
            };
            Assert.Equal((name, expected), (name, result.Code));
        }
        Assert.Equal(23, seen.Count);
        foreach (var door in new[] { "gateway", "stage" })
        {
            Assert.Equal(
                "model: \"piano\" is no model here; served are default", seen[$"status_code_and_message: codec at the {door}"].Message);
            Assert.Equal(
                $"model: \"{Special}\" is no model here; served are default", seen[$"special_status_message: codec at the {door}"].Message);
        }
    }
}
