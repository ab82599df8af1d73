using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http.Forms;

/// <summary>The body of a request: a file by itself, or a form with a file in it. It is read as it comes, and never held.</summary>
/// <param name="name">of the part of a form that is the file</param>
internal sealed class UploadedFile(Stream body, string? contentType, string name, int maxRequestBytes)
{
    private const string RequestPart = "request", Form = "multipart/form-data";

    private const int LongestBoundary = 70; // RFC 2046, 5.1.1

    private MultipartReader? _form;
    private Stream? _file;

    /// <summary>Whether a body of this type can be the body of a request.</summary>
    public static bool IsKnown(string? contentType) =>
        string.IsNullOrEmpty(contentType)
        || (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && (type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase)
                || type.MediaType.Equals("application/ogg", StringComparison.OrdinalIgnoreCase)
                || type.Type.Equals("audio", StringComparison.OrdinalIgnoreCase)));

    /// <summary>Reads up to the file.</summary>
    /// <returns>the part "request" before it; null = there is none</returns>
    /// <exception cref="InvalidRequestException">there is no file, or something else</exception>
    public async Task<string?> OpenAsync(CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type)
            || !type.MediaType.Equals(Form, StringComparison.OrdinalIgnoreCase))
            return null;
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        if (boundary.Length is 0 or > LongestBoundary)
            throw Malformed("its Content-Type has no boundary");
        _form = new MultipartReader(boundary.ToString(), body);
        string? request = null;
        while (await NextAsync(cancellationToken) is { } part)
        {
            if (part.Name == name)
            {
                _file = part.Body;
                return request;
            }
            if (part.Name != RequestPart)
                throw Unknown(part.Name);
            request = Encoding.UTF8.GetString(
                await CollectAsync(RequestPart, maxRequestBytes, buffer => ReadAsync(part.Body, buffer, cancellationToken)));
        }
        throw new InvalidRequestException(name, $"is missing: the form has no part \"{name}\" with the file");
    }

    /// <summary>The next bytes of the file; 0 = its end, and that of the request.</summary>
    /// <exception cref="InvalidRequestException">the form is broken, or goes on after the file</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await ReadAsync(_file ?? body, buffer, cancellationToken);
        if (count == 0 && _form is not null && await NextAsync(cancellationToken) is { } part)
            throw part.Name == RequestPart
                ? new InvalidRequestException(RequestPart, $"must come before \"{name}\", so that work can begin while that comes in")
                : Unknown(part.Name);
        return count;
    }

    private async Task<(string Name, Stream Body)?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await _form!.ReadNextSectionAsync(cancellationToken) is not { } section)
                return null;
            return ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition)
                && HeaderUtilities.RemoveQuotes(disposition.Name) is { Length: > 0 } part
                    ? (part.ToString(), section.Body)
                    : throw Malformed("a part has no name");
        }
        catch (Exception error) when (IsMalformed(error))
        {
            throw Malformed(error);
        }
    }

    private static async ValueTask<int> ReadAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception error) when (IsMalformed(error))
        {
            throw Malformed(error);
        }
    }

    /// <summary>The whole file, and the end of the request.</summary>
    /// <exception cref="InvalidRequestException">it is larger than the limit, or the form is broken</exception>
    public Task<byte[]> ReadToEndAsync(int maxBytes, CancellationToken cancellationToken) =>
        CollectAsync(name, maxBytes, buffer => ReadAsync(buffer, cancellationToken));

    private static async Task<byte[]> CollectAsync(string part, int maxBytes, Func<byte[], ValueTask<int>> read)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 << 10];
        int count;
        while ((count = await read(buffer)) > 0)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > maxBytes)
                throw new InvalidRequestException(part, $"is larger than {maxBytes} bytes");
        }
        return bytes.ToArray();
    }

    private InvalidRequestException Unknown(string part) => new(part, Suggestions.Unknown(part, [name, RequestPart]));

    /// <summary>The form, not the connection: of what the reader itself throws.</summary>
    private static bool IsMalformed(Exception error) =>
        error is InvalidDataException or IOException and not (BadHttpRequestException or ConnectionResetException);

    private static InvalidRequestException Malformed(Exception error) => Malformed(
        error is InvalidDataException ? error.Message : "it ends in the middle, or has another boundary than its Content-Type says");

    private static InvalidRequestException Malformed(string problem) => new("body", $"is no form: {problem}");
}
