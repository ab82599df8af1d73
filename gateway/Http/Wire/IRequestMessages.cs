using Google.Protobuf;

namespace VampNet.Gateway.Http.Wire;

/// <summary>The messages of a gRPC call that an HTTP request stands for, made of its body as it comes in.</summary>
internal interface IRequestMessages
{
    /// <summary>The next one; null = there are no more.</summary>
    /// <exception cref="Services.Hosting.Errors.InvalidRequestException">the request says what it cannot say</exception>
    ValueTask<IMessage?> NextAsync(CancellationToken cancellationToken);
}
