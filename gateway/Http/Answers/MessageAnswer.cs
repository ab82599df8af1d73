using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;
using VampNet.Gateway.Http.Wire;

namespace VampNet.Gateway.Http.Answers;

/// <summary>The one message of a call, as JSON or as the bytes of a file that it holds.</summary>
/// <param name="mediaType">of the response</param>
/// <param name="bytes">the response</param>
internal sealed class MessageAnswer(ClientResponse response, string mediaType, Func<IMessage, ReadOnlyMemory<byte>> bytes) : IAnswer
{
    private IMessage? _message;

    public static IAnswer Json(ClientResponse response, Acceptance wanted) =>
        new MessageAnswer(response, wanted.Response.MediaType, message => Encoding.UTF8.GetBytes(ProtoJson.Format(message)));

    public bool HasBegun => response.HasBegun;

    public Task AddAsync(IMessage message)
    {
        _message = message;
        return Task.CompletedTask;
    }

    public Task EndAsync()
    {
        response.Begin(StatusCodes.Status200OK, mediaType);
        return response.WriteAsync(bytes(_message!));
    }

    public Task FailAsync(ProblemDetails problem)
    {
        response.Abort();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }
}
