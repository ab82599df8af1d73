using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;
using VampNet.Audio;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Vamp.V1;
using Content = VampNet.Protos.Vamp.V1.VampResponse.ContentOneofCase;

namespace VampNet.Gateway.Http.Answers;

/// <summary>
/// One JSON document of everything, sent at the end, so that it is whole or an error. Until then it is on disk, as part of what its tenant
/// may have there.
/// </summary>
internal sealed class DocumentAnswer : IAnswer
{
    private readonly ClientResponse _response;
    private readonly List<VampResponse> _tokens = []; // of this variation; they come between pieces of its audio
    private SpoolStream? _spool;
    private Utf8JsonWriter? _json;
    private State _state;

    public DocumentAnswer(ClientResponse response) => _response = response;

    private enum State
    {
        /// <summary>Nothing is known of a variation yet.</summary>
        Request,

        /// <summary>Between two variations.</summary>
        Variations,

        /// <summary>In one, before its audio.</summary>
        Variation,

        Audio,
    }

    public bool HasBegun => _response.HasBegun;

    public Task AddAsync(IMessage message)
    {
        Add(message is ExpandResponse expanded ? expanded.Event : (VampResponse)message);
        return Task.CompletedTask;
    }

    public async Task EndAsync()
    {
        var json = Json();
        if (_state == State.Request)
            json.WriteStartArray("variations");
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync();
        _response.Begin(StatusCodes.Status200OK, ResponseFormat.Json.MediaType);
        foreach (var chunk in _spool!.Chunks())
            await _response.WriteAsync(chunk);
    }

    public Task FailAsync(ProblemDetails problem)
    {
        _response.Abort();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _json?.Dispose();
        _spool?.Dispose();
    }

    private void Add(VampResponse response)
    {
        switch (response.ContentCase)
        {
            case Content.Started:
                Write("started", response.Started);
                break;
            case Content.Source:
                Write("source", response.Source);
                break;
            case Content.Mask:
                Begin();
                Write("mask", response.Mask);
                break;
            case Content.Header:
                Begin();
                Write("header", response.Header);
                break;
            case Content.Audio:
                if (_state != State.Audio)
                    Json().WritePropertyName("audio");
                _state = State.Audio;
                Json().WriteBase64StringSegment(response.Audio.Span, isFinalSegment: false);
                break;
            case Content.Tokens:
                _tokens.Add(response);
                break;
            case Content.Summary:
                End(response.Summary);
                break;
        }
        _json?.Flush();
    }

    private void Begin()
    {
        if (_state == State.Request)
            Json().WriteStartArray("variations");
        if (_state != State.Variation)
            Json().WriteStartObject();
        _state = State.Variation;
    }

    private void End(VampSummary summary)
    {
        var json = Json();
        if (_state == State.Audio)
            json.WriteBase64StringSegment([], isFinalSegment: true);
        if (_tokens.Count > 0)
        {
            json.WriteStartArray("tokens");
            foreach (var response in _tokens)
                json.WriteRawValue(ProtoJson.Format(response));
            json.WriteEndArray();
            _tokens.Clear();
        }
        using (var fields = JsonDocument.Parse(ProtoJson.Format(summary)))
        {
            foreach (var field in fields.RootElement.EnumerateObject())
                field.WriteTo(json);
        }
        json.WriteEndObject();
        _state = State.Variations;
    }

    private void Write(string name, IMessage message)
    {
        Json().WritePropertyName(name);
        Json().WriteRawValue(ProtoJson.Format(message));
    }

    /// <summary>Opened within the call, when there is something to write: that is when its tenant is known.</summary>
    private Utf8JsonWriter Json()
    {
        if (_json is null)
        {
            _json = new Utf8JsonWriter(_spool = new SpoolStream());
            _json.WriteStartObject();
        }
        return _json;
    }
}
