using System.CommandLine;
using VampNet.Cli.Help;
using VampNet.Cli.Output;

namespace VampNet.Cli.Flags;

/// <summary>One input, and where what is made of it goes.</summary>
/// <param name="File">null = nowhere: it is printed</param>
internal sealed record BatchJob(string Input, string? File)
{
    /// <summary>Of a command that always writes a file.</summary>
    public string Output => File!;
}

/// <summary>What is read, one file or many, and where the results go.</summary>
internal sealed class BatchFlags
{
    private const string Folder = "--output-dir";

    private readonly Argument<string[]> _inputs = new("IN") { Arity = ArgumentArity.OneOrMore };
    private readonly OutputFlags _output;
    private readonly Option<string?> _folder = new(Folder)
    {
        Description = "Write the results of several inputs there. What is there already is skipped, so that a run goes on where it ended.",
        HelpName = "FOLDER",
    };
    private readonly Option<string>? _format;
    private readonly IReadOnlyList<string> _inputExtensions;
    private readonly string _extension;
    private readonly bool _prints;

    /// <param name="input">what is read, as a sentence</param>
    /// <param name="inputExtensions">of what folders are searched for</param>
    /// <param name="output">what is written, as a sentence</param>
    /// <param name="extensions">of what is written, the usual one first</param>
    /// <param name="prints">whether the results are printed where no file is named</param>
    public BatchFlags(
        Command command, string input, IReadOnlyList<string> inputExtensions, string output, IReadOnlyList<string> extensions,
        bool prints = false)
    {
        (_inputExtensions, _extension, _prints) = (inputExtensions, extensions[0], prints);
        _inputs.Description =
            $"{input} - is standard input. Folders and patterns ('songs/*.mp3'){(prints ? ", too" : $" with {Folder}")}.";
        command.Arguments.Add(_inputs);
        _output = new OutputFlags(command, output, required: false);
        command.AddOptions(OutputFlags.Group, _folder);
        if (extensions.Count == 1)
            return;
        _format = new("--format")
        {
            Description = $"With {Folder}: what to write.",
            DefaultValueFactory = _ => _extension[1..],
        };
        _format.AcceptOnlyFromAmong([.. extensions.Select(extension => extension[1..])]);
        command.AddOptions(OutputFlags.Group, _format);
    }

    /// <summary>Does the work of each input; where there are several, a failure does not keep the others from it.</summary>
    /// <param name="outputs">how many files each input makes</param>
    /// <param name="work">makes one; the mesh is the same for all</param>
    public async Task<int> RunAsync(
        ParseResult parsed, ConnectionFlags connection, uint outputs, Func<BatchJob, Func<Task<Connection>>, Task> work,
        CancellationToken cancellationToken)
    {
        var jobs = Jobs(parsed);
        await using var mesh = new SharedConnection(() => connection.OpenAsync(parsed, cancellationToken));
        if (!IsForMany(parsed))
        {
            await work(jobs[0], mesh.GetAsync);
            return (int)ExitCode.Done;
        }
        var (failed, worst) = (0, ExitCode.Done);
        foreach (var (i, job) in jobs.Index())
        {
            Facts.AddQuietly("input", job.Input);
            if (job.File is not null && !_output.Replaces(parsed) && OutputFlags.Names(job.File, outputs).All(File.Exists))
            {
                Facts.Add("skipped", job.Output, $"skipped {job.Output}: it is there already");
                Facts.End();
                continue;
            }
            try
            {
                if (!Facts.AreJson)
                    Console.WriteLine($"input   {job.Input} ({i + 1} of {jobs.Count})");
                await work(job, mesh.GetAsync);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                var (code, message) = Failures.Explain(error, parsed);
                (failed, worst) = (failed + 1, worst == ExitCode.Done ? code : worst);
                Facts.Append("errors", Failures.OneLine(message));
                Console.Error.WriteLine($"vampnet: {job.Input}: {Failures.OneLine(message)}");
            }
            Facts.End();
        }
        if (failed > 0)
            Console.Error.WriteLine(
                $"vampnet: {failed} of {jobs.Count} inputs failed{(jobs[0].File is null ? "" : "; the same command goes on with them")}");
        return (int)worst;
    }

    /// <summary>What to write one file to.</summary>
    public Task<OutputFile> OpenAsync(ParseResult parsed, BatchJob job, CancellationToken cancellationToken) =>
        _output.OpenAsync(parsed, job.Output, [job.Input], null, cancellationToken);

    /// <summary>What to write one file to; null where the results are printed.</summary>
    /// <param name="inputs">paths of what the command reads besides; null = none</param>
    public async Task<OutputFile?> OpenOrPrintAsync(
        ParseResult parsed, BatchJob job, CancellationToken cancellationToken, params string?[] inputs) =>
        job.File is { } path ? await _output.OpenAsync(parsed, path, [job.Input, .. inputs], null, cancellationToken) : null;

    /// <inheritdoc cref="OutputFlags.OpenAudioAsync"/>
    public Task<IReadOnlyList<OutputFile>> OpenAudioAsync(
        ParseResult parsed, BatchJob job, uint variations, Audio.Files.AudioFormat? format, CancellationToken cancellationToken) =>
        _output.OpenAudioAsync(parsed, job.Output, variations, format, cancellationToken, job.Input);

    /// <summary>Whether results say which input they are of, however many were found.</summary>
    private bool IsForMany(ParseResult parsed) =>
        parsed.GetValue(_folder) is not null
        || (_output.Path(parsed) is null && (parsed.GetValue(_inputs)!.Length > 1 || InputFiles.IsMany(parsed.GetValue(_inputs)![0])));

    private List<BatchJob> Jobs(ParseResult parsed)
    {
        var (given, output, folder) = (parsed.GetValue(_inputs)!, _output.Path(parsed), parsed.GetValue(_folder));
        if (output is not null && folder is not null)
            throw new BadInputException($"{Folder} does not go with --output");
        if (folder is null)
        {
            if (output is null)
                return _prints
                    ? [.. InputFiles.Find(given, _inputExtensions).Select(file => new BatchJob(file.Path, null))]
                    : throw new BadInputException($"say where to write: --output FILE, or {Folder} FOLDER for several inputs");
            if (given.Length > 1 || (InputFiles.IsMany(given[0]) && !Directory.Exists(given[0])))
                throw new BadInputException($"--output {output} takes one input; {Folder} FOLDER takes several");
            return [new BatchJob(given[0], output)];
        }
        if (File.Exists(folder))
            throw new BadInputException($"{Folder} {folder} is a file");
        if (given.Contains(StandardStreams.Name))
            throw new BadInputException($"{Folder} needs inputs with names; standard input has none");
        var extension = _format is null ? _extension : "." + parsed.GetValue(_format);
        var jobs = InputFiles.Find(given, _inputExtensions)
            .Select(file => new BatchJob(file.Path, Path.Combine(folder, file.Name + extension))).ToList();
        return jobs.GroupBy(job => job.Output).FirstOrDefault(group => group.Count() > 1) is { } clash
            ? throw new BadInputException($"{string.Join(" and ", clash.Select(job => job.Input))} would both become {clash.Key}")
            : jobs;
    }
}

/// <summary>A connection that is opened when it is first needed, and closed at the end.</summary>
internal sealed class SharedConnection(Func<Task<Connection>> open) : IAsyncDisposable
{
    private Connection? _connection;

    public async Task<Connection> GetAsync() => _connection ??= await open();

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }
}
