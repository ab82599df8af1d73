using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;

namespace VampNet.Mesh.Tests.Support;

/// <summary>Calls byte by byte, as no client's library makes them.</summary>
internal static class RawCalls
{
    private static readonly HttpClient Http = new();

    /// <summary>What the server says about bytes that are all of a call's request.</summary>
    public static Task<RpcException> PostAsync(
        Uri server, string method, byte[] bytes, params (string Name, string Value)[] metadata) =>
        PostAsync(Http, server, method, bytes, metadata);

    /// <inheritdoc cref="PostAsync(Uri, string, byte[], (string, string)[])"/>
    /// <param name="http">that trusts the server's certificate</param>
    public static async Task<RpcException> PostAsync(
        HttpClient http, Uri server, string method, byte[] bytes, params (string Name, string Value)[] metadata)
    {
        using var request = Request(server, method, bytes, metadata);
        using var response = await http.SendAsync(request);
        var details = new Metadata();
        if (Of("grpc-status-details-bin") is { } base64)
            details.Add("grpc-status-details-bin", Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '=')));
        return new RpcException(
            new Grpc.Core.Status((StatusCode)int.Parse(Of("grpc-status")!), Uri.UnescapeDataString(Of("grpc-message") ?? "")), details);

        string? Of(string name) =>
            response.TrailingHeaders.Concat(response.Headers).FirstOrDefault(header => header.Key == name).Value?.Single();
    }

    /// <summary>A call as HTTP has it.</summary>
    public static HttpRequestMessage Request(Uri server, string method, byte[] bytes, params (string Name, string Value)[] metadata)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(bytes),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        request.Headers.Add("grpc-encoding", "gzip");
        foreach (var (name, value) in metadata)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    /// <summary>A message as gRPC frames it.</summary>
    public static byte[] Frame(byte[] message, byte flag = 0)
    {
        byte[] frame = [flag, 0, 0, 0, 0, .. message];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        return frame;
    }
}
