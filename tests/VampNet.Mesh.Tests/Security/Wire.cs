using System.Buffers.Binary;
using System.Net.Http.Headers;
using System.Text;
using VampNet.Mesh.Tests.Support;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Security;

/// <summary>Listens to all that comes over the wire of a call, and bears no secrets.</summary>
/// <param name="package">folder of the model</param>
internal sealed class Wire(string package) : IDisposable
{
    /// <summary>What no library of ours says but in the text of an exception or of a stack trace.</summary>
    private static readonly string[] s_code = ["Exception", "   at ", ".cs:", ".dll", "System.", "Microsoft.", "Grpc.Net", "VampNet."];

    private readonly HttpClient _http = new();

    /// <summary>Headers, messages and trailers as text; the code of the error where the stream is reset.</summary>
    /// <param name="stages">addresses that are nobody's business</param>
    /// <param name="heard">is told of every message</param>
    public async Task<string> HearAsync(
        Uri server, IEnumerable<string> stages, string method, byte[] bytes, Func<byte[], Task>? heard = null)
    {
        using var request = RawCalls.Request(server, method, bytes);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var text = new StringBuilder();
        Write(text, response.Headers);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            while (await ReadAsync(body) is { } message)
            {
                text.Append(Encoding.Latin1.GetString(message)).Append('\n');
                await (heard?.Invoke(message) ?? Task.CompletedTask);
            }
            Write(text, response.TrailingHeaders);
        }
        catch (HttpProtocolException error)
        {
            text.Append("reset: ").Append(error.ErrorCode);
        }
        var all = text.ToString();
        foreach (var secret in stages.SelectMany(Names).Concat([package, Repository.Root, AppContext.BaseDirectory, Path.GetTempPath()])
            .Concat(s_code))
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
        return all;
    }

    public void Dispose() => _http.Dispose();

    private static IEnumerable<string> Names(string address)
    {
        var uri = new Uri(address);
        return [uri.Authority, $":{uri.Port}"];
    }

    /// <summary>The next message; null at the end.</summary>
    private static async Task<byte[]?> ReadAsync(Stream body)
    {
        var head = new byte[5];
        if (await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false) < head.Length)
            return null;
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await body.ReadExactlyAsync(message);
        return message;
    }

    private static void Write(StringBuilder text, HttpResponseHeaders headers)
    {
        foreach (var (name, values) in headers)
        {
            var value = string.Join(',', values);
            text.Append(name).Append(": ").Append(name switch
            {
                "grpc-message" => Uri.UnescapeDataString(value),
                "grpc-status-details-bin" =>
                    Encoding.Latin1.GetString(Convert.FromBase64String(value.PadRight((value.Length + 3) / 4 * 4, '='))),
                _ => value,
            }).Append('\n');
        }
    }
}
