using System.CommandLine;
using VampNet.Audio.Files;
using VampNet.Cli.Help;
using VampNet.Cli.Output;

namespace VampNet.Cli.Flags;

/// <summary>What a command writes, and whether that may take the place of a file.</summary>
internal sealed class OutputFlags
{
    /// <summary>Heading of all that says what is written where.</summary>
    public const string Group = "Output";

    private readonly Option<string> _output;
    private readonly Option<bool> _force = new("--force") { Description = "Replace a file that exists." };

    public OutputFlags(Command command, string description, bool required = true)
    {
        _output = new("--output", "-o")
        {
            Description = $"{description} - is standard output.",
            Required = required,
            HelpName = "FILE",
        };
        command.AddOptions(Group, _output, _force);
    }

    /// <summary>null = not given.</summary>
    public string? Path(ParseResult parsed) => parsed.GetValue(_output);

    /// <param name="inputs">paths of what the command reads; null = none</param>
    /// <returns>null where the option is not given</returns>
    /// <inheritdoc cref="OutputFile.OpenAsync"/>
    public async Task<OutputFile?> OpenAsync(ParseResult parsed, CancellationToken cancellationToken, params string?[] inputs) =>
        Path(parsed) is { } path ? await OpenAsync(parsed, path, inputs, null, cancellationToken) : null;

    /// <summary>One audio file, or OUT-1, OUT-2 ... for several variations.</summary>
    /// <inheritdoc cref="OutputFile.OpenAsync"/>
    public async Task<IReadOnlyList<OutputFile>> OpenAudioAsync(
        ParseResult parsed, string path, uint variations, AudioFormat? format, CancellationToken cancellationToken,
        params string?[] inputs)
    {
        if (variations > 1 && StandardStreams.IsStream(path))
            throw new BadInputException($"--output {path}: {variations} variations are files of their own");
        var files = new List<OutputFile>();
        try
        {
            foreach (var name in Names(path, variations))
                files.Add(await OpenAsync(parsed, name, inputs, format, cancellationToken));
            return files;
        }
        catch
        {
            foreach (var file in files)
                await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether files that exist are replaced without asking.</summary>
    public bool Replaces(ParseResult parsed) => parsed.GetValue(_force);

    /// <summary>The files of so many variations.</summary>
    public static IEnumerable<string> Names(string path, uint variations) =>
        Enumerable.Range(1, (int)Math.Max(1, variations)).Select(number => Name(path, number, variations));

    /// <inheritdoc cref="OutputFile.OpenAsync"/>
    public Task<OutputFile> OpenAsync(
        ParseResult parsed, string path, IEnumerable<string?> inputs, AudioFormat? format, CancellationToken cancellationToken) =>
        OutputFile.OpenAsync(path, parsed.GetValue(_force), inputs.OfType<string>(), format, cancellationToken);

    private static string Name(string path, int number, uint variations) =>
        variations <= 1
            ? path
            : System.IO.Path.Combine(
                System.IO.Path.GetDirectoryName(path) ?? "",
                $"{System.IO.Path.GetFileNameWithoutExtension(path)}-{number}{System.IO.Path.GetExtension(path)}");
}
