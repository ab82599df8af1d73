using Google.Protobuf;
using Google.Protobuf.Reflection;
using VampNet.Gateway.Http.Answers;
using VampNet.Gateway.Http.Forms;
using VampNet.Gateway.Http.Wire;

namespace VampNet.Gateway.Http.Verbs;

/// <summary>Asks one question and gets one message as JSON.</summary>
/// <param name="nameField">the field of the request that is "{name}" in the path; null = none is</param>
internal sealed class QuestionVerb(string path, MethodDescriptor method, string? nameField = null)
    : HttpVerb(path, method, [ResponseFormat.Json])
{
    public override IReadOnlyList<string> HttpMethods { get; } = [Microsoft.AspNetCore.Http.HttpMethods.Get];

    public override MessageDescriptor Form => Method.InputType;

    public override IRequestMessages Read(HttpRequest request, string name, QueryForm query, Acceptance wanted)
    {
        return new Question(() =>
        {
            var message = NewInput();
            query.Fill(message);
            if (nameField is not null)
                message.Descriptor.FindFieldByName(nameField).Accessor.SetValue(message, name);
            return message;
        });
    }

    public override IAnswer Answer(ClientResponse response, Acceptance wanted) => MessageAnswer.Json(response, wanted);

    private sealed class Question(Func<IMessage> ask) : IRequestMessages
    {
        private bool _isAsked;

        public ValueTask<IMessage?> NextAsync(CancellationToken cancellationToken)
        {
            if (_isAsked)
                return ValueTask.FromResult<IMessage?>(null);
            _isAsked = true;
            return ValueTask.FromResult<IMessage?>(ask());
        }
    }
}
