using System.Text.Json;
using Google.Protobuf;
using VampNet.Client;
using VampNet.Gateway.Http.Answers;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Codec.V1;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http.Verbs;

/// <summary>Makes audio of the document that "encode" answers with: of one channel, in its length and at its loudness.</summary>
internal sealed class DecodeVerb() : UploadVerb(
    "/v1/decode", CodecService.Descriptor.FindMethodByName("Decode"), "file", [.. ResponseFormat.Audio, ResponseFormat.Events],
    (response, wanted) => wanted.Response == ResponseFormat.Events ? new EventAnswer(response) : new AudioAnswer(response))
{
    private const string Channel = "channel", File = "file";

    public override IReadOnlyList<QueryParameter> Parameters { get; } =
        [new QueryParameter(Channel, "integer", "Which channel of the document, from 0.")];

    public override bool Takes(string? contentType) =>
        base.Takes(contentType) || contentType!.StartsWith(ResponseFormat.Json.MediaType, StringComparison.OrdinalIgnoreCase);

    public override IRequestMessages Read(HttpRequest request, string name, QueryForm query, Acceptance wanted)
    {
        var file = Open(request, out var maxBytes);
        return new Document(this, file, maxBytes, query, wanted);
    }

    private static (EncodeHeader Header, List<TokenTensor> Blocks) Parse(byte[] document, string channel)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            var header = EncodeHeader.Parser.ParseJson(json.RootElement.GetProperty("header").GetRawText());
            var channels = json.RootElement.GetProperty("channels");
            return int.TryParse(channel, out var number) && number >= 0 && number < channels.GetArrayLength()
                ? (header, [.. TokenBlocks.Split(TokenTensor.Parser.ParseJson(channels[number].GetRawText()))])
                : throw new InvalidRequestException(Channel, $"is \"{channel}\", expected 0 to {channels.GetArrayLength() - 1}");
        }
        catch (Exception error) when (
            error is JsonException or IOException or KeyNotFoundException or InvalidOperationException or FormatException
                or InvalidDataException)
        {
            throw new InvalidRequestException(File, $"is no document of /v1/encode: {error.Message}");
        }
    }

    private sealed class Document(DecodeVerb verb, UploadedFile file, int maxBytes, QueryForm query, Acceptance wanted) : IRequestMessages
    {
        private Queue<IMessage>? _messages;

        public async ValueTask<IMessage?> NextAsync(CancellationToken cancellationToken)
        {
            _messages ??= await ReadAsync(cancellationToken);
            return _messages.TryDequeue(out var message) ? message : null;
        }

        private async Task<Queue<IMessage>> ReadAsync(CancellationToken cancellationToken)
        {
            var channel = query.Take(Channel) ?? "0";
            var config = (DecodeConfig)verb.Config(await file.OpenAsync(cancellationToken), query, wanted);
            var (header, blocks) = Parse(await file.ReadToEndAsync(maxBytes, cancellationToken), channel);
            if (!config.HasSamples && config.ContextFrames == 0)
                config.Samples = header.Samples;
            config.GainDb = query.Has("gain_db") ? config.GainDb : -header.GainDb;
            return new Queue<IMessage>(
                blocks.Select(block => new DecodeRequest { Tokens = block })
                    .Prepend(new DecodeRequest { Config = config }));
        }
    }
}
