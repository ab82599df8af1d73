namespace VampNet.Cli.Doctor;

internal enum FindingState
{
    Good,

    /// <summary>It works, but not as well as it could.</summary>
    Warning,

    /// <summary>Something will not work.</summary>
    Bad,
}

/// <summary>What was looked at, and what is to be said of it.</summary>
/// <param name="Name">of what was looked at</param>
/// <param name="Says">what was found and, where it is not good, what to do</param>
internal sealed record Finding(string Name, FindingState State, string Says)
{
    public static Finding Good(string name, string says) => new(name, FindingState.Good, says);

    public static Finding Warning(string name, string says) => new(name, FindingState.Warning, says);

    public static Finding Bad(string name, string says) => new(name, FindingState.Bad, says);

    /// <summary>What a look throws is a finding, too.</summary>
    public static Finding Of(string name, Func<Finding> look)
    {
        try
        {
            return look();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return Bad(name, Flags.Failures.OneLine(error.GetBaseException().Message));
        }
    }
}
