using System.CommandLine;
using System.Numerics;

namespace VampNet.Cli.Flags;

/// <summary>A number above 0.</summary>
internal static class PositiveOption
{
    public static Option<T> Create<T>(string name, string description, T fallback)
        where T : struct, INumber<T>
    {
        var option = new Option<T>(name) { Description = description, DefaultValueFactory = _ => fallback };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T>() <= T.Zero)
                result.AddError($"{name} must be above 0");
        });
        return option;
    }
}
