using System.CommandLine;
using VampNet.Model.Checkpoints;
using VampNet.Model.Packages;
using VampNet.Services.Inference.Models;

namespace VampNet.Cli.Flags;

/// <summary>Where models run, and how.</summary>
internal sealed class ComputeFlags
{
    private readonly Option<string> _device = DeviceOption.Create(new ModelOptions().Device);
    private readonly Option<string> _precision = new("--precision")
    {
        Description = "What generators compute in; auto: bfloat16 on processors that are faster with it.",
        DefaultValueFactory = _ => new ModelOptions().Precision
    };

    public ComputeFlags() => _precision.AcceptOnlyFromAmong(Precisions.Auto, Precisions.Full, Precisions.Half);

    public void AddTo(Command command)
    {
        command.Options.Add(_device);
        command.Options.Add(_precision);
    }

    public ModelOptions Read(ParseResult parsed) => new() { Device = parsed.GetValue(_device)!, Precision = parsed.GetValue(_precision)! };
}
