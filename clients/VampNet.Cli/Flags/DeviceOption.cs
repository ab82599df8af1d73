using System.CommandLine;
using System.Text.RegularExpressions;

namespace VampNet.Cli.Flags;

/// <summary>--device: where models run.</summary>
internal static partial class DeviceOption
{
    public static Option<string> Create(string fallback)
    {
        var option = new Option<string>("--device")
        {
            Description = "cpu, cuda or cuda:N.",
            HelpName = "DEVICE",
            DefaultValueFactory = _ => fallback,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !Known().IsMatch(result.Tokens[0].Value))
                result.AddError($"--device {result.Tokens[0].Value}: expected cpu, cuda or cuda:N");
        });
        return option;
    }

    [GeneratedRegex(@"^(cpu|cuda(:\d{1,3})?)$")]
    private static partial Regex Known();
}
