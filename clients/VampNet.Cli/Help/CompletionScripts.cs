using System.Text;

namespace VampNet.Cli.Help;

/// <summary>The words of the command line, as scripts of shells.</summary>
internal static class CompletionScripts
{
    /// <summary>One function: what the words so far lead to decides what comes next. Where nothing is known, files.</summary>
    public static string Bash(IReadOnlyList<CompletionWords> commands)
    {
        var script = new StringBuilder("# Completion of vampnet for bash: eval \"$(vampnet completion bash)\"\n");
        script.Append("_vampnet() {\n    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path= i\n");
        script.Append("    for ((i = 1; i < COMP_CWORD; i++)); do\n        case \"${path:+$path }${COMP_WORDS[i]}\" in\n");
        script.Append($"            {Alternatives(commands.Select(c => c.Path).Where(p => p.Length > 0))}) "
            + "path=\"${path:+$path }${COMP_WORDS[i]}\" ;;\n        esac\n    done\n");
        script.Append("    local words= values=\n    case \"$path\" in\n");
        foreach (var command in commands)
        {
            script.Append($"        '{command.Path}')\n            words='{Words(command)}'\n");
            script.Append("            case \"$previous\" in\n");
            foreach (var option in command.Options.Where(option => option.TakesValue))
                script.Append($"                {string.Join('|', option.Names)}) values='{Join(option.Values, "@file")}' ;;\n");
            script.Append("            esac ;;\n");
        }
        return script.Append("    esac\n    if [ -n \"$values\" ]; then words=$values; fi\n")
            .Append("    COMPREPLY=()\n    if [ \"$words\" != @file ]; then "
                + "mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\"); fi\n")
            .Append("    if [ ${#COMPREPLY[@]} -eq 0 ]; then\n        compopt -o filenames 2>/dev/null || :\n        "
                + "mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n    fi\n}\ncomplete -F _vampnet vampnet\n").ToString();
    }

    public static string Zsh(IReadOnlyList<CompletionWords> commands)
    {
        var script = new StringBuilder("#compdef vampnet\n# Completion of vampnet for zsh.\n");
        script.Append("_vampnet() {\n    local path_= word_ i\n    for ((i = 2; i < CURRENT; i++)); do\n");
        script.Append("        case \"${path_:+$path_ }${words[i]}\" in\n");
        script.Append($"            {Alternatives(commands.Select(c => c.Path).Where(p => p.Length > 0))}) "
            + "path_=\"${path_:+$path_ }${words[i]}\" ;;\n        esac\n    done\n    case \"$path_\" in\n");
        foreach (var command in commands)
        {
            script.Append($"        '{command.Path}')\n            case \"${{words[CURRENT-1]}}\" in\n");
            foreach (var option in command.Options.Where(option => option.TakesValue))
                script.Append($"                {string.Join('|', option.Names)}) "
                    + (option.Values.Count > 0 ? $"compadd -- {string.Join(' ', option.Values)}" : "_files") + "; return ;;\n");
            script.Append("            esac\n");
            script.Append($"            compadd -- {Words(command)}\n            _files ;;\n");
        }
        return script.Append("    esac\n}\n[ \"$funcstack[1]\" = _vampnet ] && _vampnet \"$@\" || compdef _vampnet vampnet\n").ToString();
    }

    public static string Fish(IReadOnlyList<CompletionWords> commands)
    {
        var script = new StringBuilder("# Completion of vampnet for fish.\n");
        foreach (var command in commands)
        {
            var condition = command.Path.Length == 0
                ? "__fish_use_subcommand"
                : string.Join("; and ", command.Path.Split(' ').Select(verb => $"__fish_seen_subcommand_from {verb}"));
            foreach (var (name, says) in command.Verbs)
                script.Append($"complete -c vampnet -n '{condition}' -f -a {name} -d '{says}'\n");
            foreach (var option in command.Options)
            {
                var names = option.Names.Select(
                    name => name.StartsWith("--", StringComparison.Ordinal) ? $"-l {name[2..]}"
                        : name.Length == 2 ? $"-s {name[1..]}"
                        : $"-o {name[1..]}");
                var value = !option.TakesValue ? "" : option.Values.Count > 0 ? $" -x -a '{string.Join(' ', option.Values)}'" : " -r";
                script.Append($"complete -c vampnet -n '{condition}' {string.Join(' ', names)}{value} -d '{option.Says}'\n");
            }
        }
        return script.ToString();
    }

    private static string Alternatives(IEnumerable<string> paths) => string.Join('|', paths.Select(path => $"'{path}'"));

    private static string Words(CompletionWords command) =>
        string.Join(' ', command.Verbs.Select(verb => verb.Name).Concat(command.Options.SelectMany(option => option.Names)));

    private static string Join(IReadOnlyList<string> values, string other) => values.Count > 0 ? string.Join(' ', values) : other;
}
