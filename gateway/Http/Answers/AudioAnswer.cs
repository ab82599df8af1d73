using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Audio.V1;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Http.Answers;

/// <summary>The audio alone, as it is made.</summary>
internal sealed class AudioAnswer(ClientResponse response) : IAnswer
{
    private const string SeedHeader = "Vamp-Seed";

    public bool HasBegun => response.HasBegun;

    public Task AddAsync(IMessage message)
    {
        switch (message)
        {
            case ExpandResponse expanded:
                return AddAsync(expanded.Event);
            case VampResponse { ContentCase: VampResponse.ContentOneofCase.Started } vamp:
                response.Headers[SeedHeader] = $"{vamp.Started.Config.Seed}";
                return Task.CompletedTask;
            case VampResponse { ContentCase: VampResponse.ContentOneofCase.Header } vamp:
                return BeginAsync(vamp.Header);
            case VampResponse { ContentCase: VampResponse.ContentOneofCase.Audio } vamp:
                return response.WriteAsync(vamp.Audio.Memory);
            case DecodeResponse { ContentCase: DecodeResponse.ContentOneofCase.Header } decoded:
                return BeginAsync(decoded.Header);
            case DecodeResponse { ContentCase: DecodeResponse.ContentOneofCase.Audio } decoded:
                return response.WriteAsync(decoded.Audio.Memory);
            default:
                return Task.CompletedTask;
        }
    }

    public Task EndAsync() => Task.CompletedTask;

    /// <summary>There is no room for more than that it is not whole.</summary>
    public Task FailAsync(ProblemDetails problem)
    {
        response.Abort();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
    }

    private Task BeginAsync(AudioHeader header)
    {
        response.Begin(StatusCodes.Status200OK, ResponseFormat.Of(header.Encoding).MediaType);
        return Task.CompletedTask;
    }
}
