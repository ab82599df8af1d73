using System.CommandLine;
using TorchSharp;
using VampNet.Cli.Help;

namespace VampNet.Cli.Flags;

/// <summary>What computes a training run.</summary>
internal sealed class TrainingDeviceFlags
{
    private readonly Option<string> _device = DeviceOption.Create("cpu");
    private readonly Option<int?> _threads = new("--threads")
    {
        Description = "Threads of the CPU's arithmetic; without, one a core.",
        HelpName = "N",
    };

    public TrainingDeviceFlags(Command command)
    {
        _threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--threads must be above 0");
        });
        command.AddOptions("Machine", _device, _threads);
    }

    /// <summary>Sets the threads and returns the device.</summary>
    /// <exception cref="BadInputException">this machine does not have the device</exception>
    public string Read(ParseResult parsed)
    {
        Requirements.HasDevice(parsed.GetValue(_device)!);
        if (parsed.GetValue(_threads) is { } threads)
            torch.set_num_threads(threads);
        return parsed.GetValue(_device)!;
    }
}
