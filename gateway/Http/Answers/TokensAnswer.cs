using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;
using VampNet.Client;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;

namespace VampNet.Gateway.Http.Answers;

/// <summary>The tokens of encoded audio as one JSON document: {"header": …, "channels": [tokens, …]}.</summary>
internal sealed class TokensAnswer(ClientResponse response) : IAnswer
{
    private readonly SortedDictionary<uint, List<TokenTensor>> _channels = [];
    private EncodeHeader? _header;

    public bool HasBegun => response.HasBegun;

    public Task AddAsync(IMessage message)
    {
        var encoded = (EncodeResponse)message;
        _header ??= encoded.Header;
        if (encoded.Tokens is { } block)
        {
            if (!_channels.TryGetValue(encoded.Channel, out var blocks))
                _channels.Add(encoded.Channel, blocks = []);
            blocks.Add(block);
        }
        return Task.CompletedTask;
    }

    public Task EndAsync()
    {
        response.Begin(StatusCodes.Status200OK, ResponseFormat.Json.MediaType);
        var channels = _channels.Values.Select(blocks => ProtoJson.Format(TokenBlocks.Join(blocks)));
        return response.WriteAsync($$"""{ "header": {{ProtoJson.Format(_header!)}}, "channels": [ {{string.Join(", ", channels)}} ] }""");
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
