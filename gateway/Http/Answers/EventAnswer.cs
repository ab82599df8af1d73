using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;
using VampNet.Gateway.Http.Wire;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Gateway.Http.Answers;

/// <summary>Every message as an event of its own, named after what it holds (server-sent events of HTML).</summary>
internal sealed class EventAnswer(ClientResponse response) : IAnswer
{
    public bool HasBegun => response.HasBegun;

    public Task AddAsync(IMessage message) => message is ExpandResponse expanded
        ? AddAsync(expanded.Event)
        : WriteAsync(ProtoJson.CaseOf(message), ProtoJson.Format(message));

    public Task EndAsync() => Task.CompletedTask;

    public Task FailAsync(ProblemDetails problem) => WriteAsync("error", Encoding.UTF8.GetString(Problems.ToJson(problem)));

    public void Dispose()
    {
    }

    /// <param name="data">JSON on one line</param>
    private Task WriteAsync(string name, string data)
    {
        if (!response.HasBegun)
            response.Begin(StatusCodes.Status200OK, ResponseFormat.Events.MediaType);
        return response.WriteAsync($"event: {name}\ndata: {data}\n\n");
    }
}
