using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using VampNet.Testing;

namespace VampNet.Mesh.Tests.Http;

/// <summary>Requests to the HTTP API, and what its responses say.</summary>
internal static class HttpCalls
{
    /// <summary>What makes the vamp of <see cref="Support.Vamps.Config"/>, as a query.</summary>
    public const string Query = "prompt=-P5&seed=1&coarse_sampling.steps=3&fine_sampling.steps=2";

    /// <summary>A client that connects anew for each test, since servers come and go.</summary>
    public static HttpClient Connect(Uri server) => new() { BaseAddress = server };

    /// <param name="request">the part before the file; null = none</param>
    public static MultipartFormDataContent Form(byte[] file, string part = "audio", string? request = null)
    {
        var form = new MultipartFormDataContent();
        if (request is not null)
            form.Add(new StringContent(request, Encoding.UTF8, "application/json"), "request");
        form.Add(new ByteArrayContent(file), part, "file");
        return form;
    }

    /// <summary>The bytes by themselves.</summary>
    public static ByteArrayContent Raw(byte[] file, string? type = "application/octet-stream") =>
        new(file) { Headers = { ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type) } };

    public static async Task<HttpResponseMessage> PostAsync(
        this HttpClient http, string path, HttpContent content, string? accept = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (accept is not null)
            request.Headers.Accept.ParseAdd(accept);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The body of a response that succeeded.</summary>
    public static async Task<byte[]> BytesAsync(this Task<HttpResponseMessage> call, string mediaType)
    {
        using var response = await call;
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        Assert.Equal(mediaType, response.Content.Headers.ContentType?.MediaType);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public static async Task<JsonElement> JsonAsync(this Task<HttpResponseMessage> call) =>
        JsonDocument.Parse(await call.BytesAsync("application/json")).RootElement;

    /// <summary>The events of a response, by their names.</summary>
    public static async Task<List<(string Name, JsonElement Data)>> EventsAsync(this Task<HttpResponseMessage> call)
    {
        var text = Encoding.UTF8.GetString(await call.BytesAsync("text/event-stream"));
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return [.. text.Split("\n\n")[..^1].Select(lines => lines.Split('\n')).Select(
            lines => (lines[0]["event: ".Length..], JsonDocument.Parse(lines[1]["data: ".Length..]).RootElement))];
    }

    /// <summary>What a response that failed says.</summary>
    public static async Task<Problem> ProblemAsync(this Task<HttpResponseMessage> call)
    {
        using var response = await call;
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal((int)response.StatusCode, json.GetProperty("status").GetInt32());
        Assert.Equal("about:blank", json.GetProperty("type").GetString());
        return new Problem(
            response.StatusCode, json.GetProperty("detail").GetString()!,
            json.TryGetProperty("reason", out var reason) ? reason.GetString() : null,
            json.TryGetProperty("errors", out var errors) ? [.. errors.EnumerateObject().Select(error => error.Name)] : [],
            response.Headers.RetryAfter?.Delta);
    }

    /// <summary>The address of a port of this machine.</summary>
    public static Uri Local(int port) => new($"http://127.0.0.1:{port}");

    /// <summary>A setting that opens a port for HTTP.</summary>
    public static (Uri Address, string Setting) Open()
    {
        var port = FreePort.Find();
        return (Local(port), $"--Http:Port={port}");
    }
}

/// <summary>An error as RFC 9457 has it.</summary>
/// <param name="Fields">that cannot be used</param>
internal sealed record Problem(HttpStatusCode Status, string Detail, string? Reason, string[] Fields, TimeSpan? RetryAfter);
