using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using VampNet.Services.Hosting.Errors;

namespace VampNet.Gateway.Http.Forms;

/// <summary>
/// The parameters of a query: those that a verb has of its own, and all others as fields of its request, by their names in the
/// contract, with dots where one lies in another: coarse_sampling.temperature=0.9.
/// </summary>
/// <param name="field">path of the message that has the fields, for errors</param>
internal sealed class QueryForm(IQueryCollection query, string field)
{
    private const string Timeout = "timeout_seconds";

    private const double LongestSeconds = 86_400;

    private readonly RequestChecks _checks = new();
    private readonly HashSet<string> _taken = [];

    /// <summary>What is wrong with the query goes here, too.</summary>
    public RequestChecks Checks => _checks;

    /// <summary>The value of a parameter that no field has; null = not given.</summary>
    public string? Take(string name)
    {
        var values = All(name);
        _checks.Require(values.Count <= 1, name, "is given more than once");
        return values.Count > 0 ? values[0] : null;
    }

    /// <summary>The values of a parameter that may be given several times.</summary>
    public IReadOnlyList<string> All(string name)
    {
        _taken.Add(name);
        return query.TryGetValue(name, out var values) ? [.. values.Select(value => value ?? "")] : [];
    }

    /// <inheritdoc cref="All"/>
    public IReadOnlyList<double> Numbers(string name) => [.. All(name).Select(value => FieldValues.Number(value, name, _checks))];

    /// <summary>The value of a parameter as a number; null = not given.</summary>
    public double? Number(string name) => Take(name) is { } value ? FieldValues.Number(value, name, _checks) : null;

    /// <summary>How long the client waits, as gRPC writes it: at most eight digits, in milliseconds; null = not given.</summary>
    /// <exception cref="InvalidRequestException">it is no time</exception>
    public string? TakeTimeout()
    {
        if (Take(Timeout) is not { } text)
            return null;
        return double.TryParse(text, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= LongestSeconds
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, seconds * 1000):0}m")
            : throw new InvalidRequestException(Timeout, $"is \"{text}\", expected seconds, above 0, at most {LongestSeconds}");
    }

    /// <summary>Whether a parameter is given, whoever takes it.</summary>
    public bool Has(string name) => query.ContainsKey(name);

    /// <summary>Sets the fields that all other parameters name.</summary>
    /// <exception cref="InvalidRequestException">names everything that is wrong with the query</exception>
    public void Fill(IMessage message)
    {
        foreach (var (name, values) in query.Where(parameter => !_taken.Contains(parameter.Key)))
        {
            if (!_checks.Require(values.Count == 1, name, "is given more than once"))
                continue;
            Set(message, name, name, values[0] ?? "");
        }
        _checks.ThrowIfAny();
    }

    /// <param name="rest">of the name, within the message</param>
    private void Set(IMessage message, string name, string rest, string value)
    {
        var dot = rest.IndexOf('.');
        var found = message.Descriptor.FindFieldByName(dot < 0 ? rest : rest[..dot]);
        if (found is null || (dot >= 0 && (found.FieldType != FieldType.Message || found.IsRepeated)))
        {
            _checks.Require(false, name, Suggestions.Unknown(name, [.. Names(), .. _taken]));
            return;
        }
        if (dot < 0)
        {
            if (FieldValues.Parse(found, value, $"{field}.{name}", _checks) is { } parsed)
                found.Accessor.SetValue(message, parsed);
            return;
        }
        if (found.Accessor.GetValue(message) is not IMessage inner)
            found.Accessor.SetValue(message, inner = found.MessageType.Parser.ParseFrom(ByteString.Empty));
        Set(inner, name, rest[(dot + 1)..], value);

        IEnumerable<string> Names() => FieldNames.Of(message.Descriptor).Select(own => $"{name[..^rest.Length]}{own}");
    }
}
