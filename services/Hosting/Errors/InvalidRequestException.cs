namespace VampNet.Services.Hosting.Errors;

/// <summary>One field of a request that cannot be used.</summary>
/// <param name="Field">path in the request, such as "config.prompt.periodic.period"</param>
/// <param name="Description">what is wrong, for the person who sent it</param>
public sealed record FieldViolation(string Field, string Description);

/// <summary>A request that breaks its contract; the client gets INVALID_ARGUMENT with every field named.</summary>
public sealed class InvalidRequestException(IReadOnlyList<FieldViolation> violations)
    : Exception(string.Join("; ", violations.Select(v => $"{v.Field}: {v.Description}")))
{
    public InvalidRequestException(string field, string description) : this([new FieldViolation(field, description)])
    {
    }

    public IReadOnlyList<FieldViolation> Violations { get; } = violations;
}
