using System.CommandLine;
using VampNet.Model.Checkpoints;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet convert IN OUT</c>: the reference's checkpoints to safetensors.</summary>
internal static class ConvertCommand
{
    public static Command Create()
    {
        var command = new Command("convert", "Turn a .pth checkpoint into safetensors. No code of the file is run.");
        var input = new Argument<string>("IN") { Description = "A .pth file: codec, coarse, c2f, wavebeat or LoRA." };
        var output = new Argument<string>("OUT") { Description = "The .safetensors file to write." };
        command.Arguments.Add(input);
        command.Arguments.Add(output);
        command.SetAction(parsed =>
        {
            var (from, to) = (parsed.GetValue(input)!, parsed.GetValue(output)!);
            Flags.FileFlags.Open(from).Dispose();
            try
            {
                var table = CheckpointConverter.Convert(from, to);
                Console.WriteLine($"wrote   {to}: {table.Tensors.Count} tensors");
            }
            catch (CheckpointException error)
            {
                throw new BadInputException(error.Message);
            }
        });
        return command;
    }
}
