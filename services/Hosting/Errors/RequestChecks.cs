namespace VampNet.Services.Hosting.Errors;

/// <summary>One field of a request that cannot be used.</summary>
/// <param name="Field">path in the request, such as "config.prompt.periodic.period"</param>
/// <param name="Description">what is wrong, for the person who sent it</param>
public sealed record FieldViolation(string Field, string Description);

/// <summary>A request that breaks its contract; the client gets INVALID_ARGUMENT with every field named.</summary>
public sealed class InvalidRequestException(IReadOnlyList<FieldViolation> violations)
    : Exception(string.Join("; ", violations.Select(v => $"{v.Field}: {v.Description}")))
{
    /// <summary>A request with one <see cref="FieldViolation"/>.</summary>
    /// <param name="field">its path in the request</param>
    /// <param name="description">what is wrong with it</param>
    public InvalidRequestException(string field, string description) : this([new FieldViolation(field, description)])
    {
    }

    /// <summary>A request with a field that was refused as the argument of a method.</summary>
    /// <param name="field">its path in the request</param>
    /// <param name="error">says what is wrong with it; the framework appends the name of the parameter, which is left out</param>
    public InvalidRequestException(string field, ArgumentException error) : this(field, error.Message.Split(" (Parameter '")[0])
    {
    }

    /// <summary>Every field that cannot be used.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; } = violations;
}

/// <summary>Collects what is wrong with a request, so that the client hears of everything at once.</summary>
public sealed class RequestChecks
{
    private readonly List<FieldViolation> _violations = [];

    /// <summary>Notes a violation where <paramref name="holds"/> is false; returns <paramref name="holds"/>.</summary>
    public bool Require(bool holds, string field, string description)
    {
        if (!holds)
            _violations.Add(new FieldViolation(field, description));
        return holds;
    }

    /// <summary>Refuses the request where something is wrong.</summary>
    /// <exception cref="InvalidRequestException">anything was noted</exception>
    public void ThrowIfAny()
    {
        if (_violations.Count > 0)
            throw new InvalidRequestException(_violations);
    }
}
