using Google.Protobuf;
using Google.Protobuf.Reflection;
using VampNet.Gateway.Http.Answers;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Wire;

namespace VampNet.Gateway.Http;

/// <summary>Asks one question and gets one message as JSON.</summary>
/// <param name="nameField">the field of the request that is "{name}" in the path; null = none is</param>
internal sealed class QuestionVerb(string path, MethodDescriptor method, string? nameField = null)
    : HttpVerb(path, method, [ResponseFormat.Json])
{
    public override IReadOnlyList<string> HttpMethods { get; } = [Microsoft.AspNetCore.Http.HttpMethods.Get];

    public override IRequestMessages Read(HttpRequest request, string name, QueryForm query, Acceptance wanted)
    {
        var message = NewInput();
        if (nameField is not null)
            message.Descriptor.FindFieldByName(nameField).Accessor.SetValue(message, name);
        return new Question(message, query);
    }

    public override IAnswer Answer(ClientResponse response, Acceptance wanted) => MessageAnswer.Json(response, wanted);

    private sealed class Question(IMessage message, QueryForm query) : IRequestMessages
    {
        private bool _isAsked;

        public ValueTask<IMessage?> NextAsync(CancellationToken cancellationToken)
        {
            if (_isAsked)
                return ValueTask.FromResult<IMessage?>(null);
            _isAsked = true;
            query.Fill(message);
            return ValueTask.FromResult<IMessage?>(message);
        }
    }
}
