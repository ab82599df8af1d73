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

    /// <summary>Every field that cannot be used.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; } = violations;
}
