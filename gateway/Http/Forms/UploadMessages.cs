using Google.Protobuf;
using Google.Protobuf.Reflection;
using VampNet.Gateway.Http.Wire;

namespace VampNet.Gateway.Http.Forms;

/// <summary>The messages of a stream of requests: the config, then a file in pieces.</summary>
/// <param name="config">the config, given the part "request" of a form; null = there is none</param>
/// <param name="request">the type of the messages</param>
/// <param name="data">the field of each that has the next bytes</param>
internal sealed class UploadMessages(UploadedFile file, Func<string?, IMessage> config, MessageDescriptor request, FieldDescriptor data)
    : IRequestMessages
{
    private const int ChunkBytes = 64 << 10;

    private readonly byte[] _chunk = new byte[ChunkBytes];
    private bool _hasConfig;

    public async ValueTask<IMessage?> NextAsync(CancellationToken cancellationToken)
    {
        if (!_hasConfig)
        {
            var message = Message(request.FindFieldByName("config"), config(await file.OpenAsync(cancellationToken)));
            _hasConfig = true;
            return message;
        }
        var count = await file.ReadAsync(_chunk, cancellationToken);
        return count == 0 ? null : Message(data, UnsafeByteOperations.UnsafeWrap(_chunk.AsMemory(0, count)));
    }

    private IMessage Message(FieldDescriptor field, object value)
    {
        var message = request.Parser.ParseFrom(ByteString.Empty);
        field.Accessor.SetValue(message, value);
        return message;
    }
}
