using System.CommandLine;
using System.Text.RegularExpressions;
using VampNet.Cli.Commands;
using VampNet.Cli.Help;

namespace VampNet.Cli.Tests;

/// <summary>The help pages, and what else comes of the command tree.</summary>
public sealed partial class HelpTests
{
    private static readonly RootCommand s_root = CommandLineApp.Create();

    public static TheoryData<string> Commands => [.. All(s_root).Select(HelpPage.Path)];

    [Theory, MemberData(nameof(Commands))]
    public void Help_fits_into_80_columns_and_has_three_examples(string path)
    {
        var page = Page(path);
        Assert.All(page.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.True(Examples.Of(Find(path)).Count >= 3, path);
        Assert.Contains("\nUsage:\n  vampnet", page, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Commands))]
    public void Every_option_stands_under_a_heading(string path)
    {
        string[] general = ["--help", "--version", "--json"];
        Assert.All(
            Find(path).Options.Where(option => !general.Contains(option.Name)),
            option => Assert.NotEqual(OptionGroups.General, OptionGroups.Of(option)));
    }

    [Theory, MemberData(nameof(Commands))]
    public void Examples_are_command_lines_that_are_understood(string path)
    {
        foreach (var (line, _) in Examples.Of(Find(path)))
        {
            var command = ShellSyntax().Match(line).Groups["command"].Value.Replace('\'', '"');
            var parsed = s_root.Parse(command["vampnet ".Length..]);
            Assert.True(
                parsed.Errors.Count == 0 && UnknownWords.Find(parsed) is null,
                $"{line}: {string.Join("; ", parsed.Errors.Select(error => error.Message))} {UnknownWords.Find(parsed)}");
        }
    }

    [Fact]
    public void The_options_of_vamp_are_explained_with_their_values_and_defaults()
    {
        var page = Page("vampnet vamp");
        Assert.Contains("\nWhat stays: by time:\n  -P, --periodic P", page, StringComparison.Ordinal);
        Assert.Contains("--stereo dual|mid|mono", page, StringComparison.Ordinal);
        Assert.Contains("[0.1]", page, StringComparison.Ordinal); // --after-beat
        Assert.Contains("\nExamples:\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alone_the_command_greets_and_helps()
    {
        var ended = await VampNetProcess.RunAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.StartsWith("vampnet: music in, a variation of it out.", ended.Output, StringComparison.Ordinal);
        Assert.Contains("Make music:\n  vamp ", ended.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"vmap\" is no verb of \"vampnet\"; did you mean \"vamp\"?", "vmap", "in.wav")]
    [InlineData("\"sing\" is no verb of \"vampnet\"; there are vamp, inpaint", "sing")]
    [InlineData("\"corase\" is no verb of \"vampnet train\"; did you mean \"coarse\"?", "train", "corase")]
    [InlineData(
        "--tempreature is no option of \"vampnet vamp\"; did you mean \"--temperature\"?", "vamp", "a", "-o", "b", "--tempreature", "1")]
    [InlineData("--jsno is no option of \"vampnet models\"; did you mean \"--json\"?", "models", "--jsno")]
    public async Task Misspelled_words_are_answered_with_what_was_meant(string words, params string[] arguments)
    {
        var ended = await VampNetProcess.RunAsync(arguments);
        Assert.Equal((2, ""), (ended.ExitCode, ended.Output));
        Assert.StartsWith($"vampnet: {words}", Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    /// <summary>What bash offers for the word at the end of a line.</summary>
    [Theory]
    [InlineData("vampnet inp", "inpaint")]
    [InlineData("vampnet train pl", "plot")]
    [InlineData("vampnet vamp --temp", "--temperature")]
    [InlineData("vampnet vamp in.wav --stereo d", "dual")]
    [InlineData("vampnet completion f", "fish")]
    [InlineData("vampnet serve cod", "codec")]
    [InlineData("vampnet vamp --mode ", "paper upstream")]
    [InlineData("vampnet vamp -o /etc/host", "/etc/host.conf /etc/hostname /etc/hosts")]
    public async Task Bash_completes(string line, string words)
    {
        var typed = line.Split(' ');
        var ended = await VampNetProcess.ShellAsync(
            $"source <(vampnet completion bash); COMP_WORDS=({string.Join(' ', typed.Select(word => $"'{word}'"))}); "
            + $"COMP_CWORD={typed.Length - 1}; _vampnet; printf '%s\\n' \"${{COMPREPLY[@]}}\" | sort");
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Superset(words.Split(' ').ToHashSet(), ended.Output.Split('\n').ToHashSet());
        Assert.Subset(words.Split(' ').Append("").ToHashSet(), ended.Output.Split('\n').ToHashSet());
    }

    [Theory]
    [InlineData("zsh", "#compdef vampnet")]
    [InlineData("fish", "complete -c vampnet -n '__fish_seen_subcommand_from vamp' -l temperature -r")]
    public async Task Other_shells_have_scripts_too(string shell, string words)
    {
        var ended = await VampNetProcess.RunAsync("completion", shell);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Error));
        Assert.Contains(words, ended.Output, StringComparison.Ordinal);
    }

    private static string Page(string path)
    {
        var output = new StringWriter { NewLine = "\n" };
        HelpPage.Write(Find(path), output);
        return output.ToString();
    }

    private static Command Find(string path) => All(s_root).Single(command => HelpPage.Path(command) == path);

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    /// <summary>The command within what a shell makes of a line: $(...), pipes and redirections.</summary>
    [GeneratedRegex(@"(?<command>vampnet (?:'[^']*'|[^'|>)])*)")]
    private static partial Regex ShellSyntax();
}
