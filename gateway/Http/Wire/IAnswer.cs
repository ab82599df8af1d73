using Google.Protobuf;
using Microsoft.AspNetCore.Mvc;

namespace VampNet.Gateway.Http.Wire;

/// <summary>The response to an HTTP request, made of the messages that its gRPC call answers with.</summary>
internal interface IAnswer : IDisposable
{
    /// <summary>Has part of it been sent? Then it is too late for another status.</summary>
    bool HasBegun { get; }

    /// <summary>The next message; ends when the client has taken what is sent of it.</summary>
    Task AddAsync(IMessage message);

    /// <summary>There are no more.</summary>
    Task EndAsync();

    /// <summary>The call failed when the response had begun.</summary>
    Task FailAsync(ProblemDetails problem);
}
