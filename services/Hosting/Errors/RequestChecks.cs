namespace VampNet.Services.Hosting.Errors;

/// <summary>One field of a request that cannot be used.</summary>
/// <param name="Field">The path in the request, such as "config.prompt.periodic.period".</param>
/// <param name="Description">What is wrong, for the person who sent it.</param>
public sealed record FieldViolation(string Field, string Description);

/// <summary>A request that breaks its contract; the client gets INVALID_ARGUMENT with every field named.</summary>
public sealed class InvalidRequestException(IReadOnlyList<FieldViolation> violations)
    : Exception(string.Join("; ", violations.Select(v => $"{v.Field}: {v.Description}")))
{
    /// <summary>A request with one <see cref="FieldViolation"/>.</summary>
    /// <param name="field">The path of the field in the request.</param>
    /// <param name="description">What is wrong with the field.</param>
    public InvalidRequestException(string field, string description) : this([new FieldViolation(field, description)])
    {
    }

    /// <summary>A request with a field that was refused as the argument of a method.</summary>
    /// <param name="field">The path of the field in the request.</param>
    /// <param name="error">Says what is wrong with the field; the framework appends the name of the parameter, which is left out.</param>
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
