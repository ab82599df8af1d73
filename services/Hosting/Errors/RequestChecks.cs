namespace VampNet.Services.Hosting.Errors;

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
