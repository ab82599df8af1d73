using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts.Text;

/// <summary>
/// Prompts as a line of text, such as <c>(beats after=0.1 | every 16) &amp; codebooks 2</c>; docs/prompts.md has the grammar.
/// </summary>
public static class PromptText
{
    /// <summary>Reads a prompt. Its values are checked by <see cref="Prompt.Validate"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="rate">The frame rate by which frames become seconds and the other way round; null = that of the paper.</param>
    /// <param name="presets">The names that stand for a preset without the word; null = those of <see cref="PromptPreset.All"/>.</param>
    /// <exception cref="PromptTextException">says at which column what was expected</exception>
    public static Prompt Parse(string text, FrameRate? rate = null, IEnumerable<string>? presets = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        presets ??= PromptPreset.All.Select(preset => preset.Name);
        return new PromptParser(text, rate ?? FrameRate.VampNet, [.. presets]).Parse();
    }

    /// <summary>The text of a prompt: <see cref="Parse"/> reads the same prompt from it.</summary>
    /// <param name="prompt">A prompt of which every field is valid. A combination of one part is written as that part.</param>
    /// <exception cref="NotSupportedException">it holds an explicit mask, which no text can say</exception>
    public static string Format(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return PromptFormatter.Format(prompt);
    }
}

/// <summary>A text that is no prompt.</summary>
/// <param name="column">Where it went wrong, in characters; the first is 1.</param>
/// <param name="problem">What is wrong there.</param>
public sealed class PromptTextException(int column, string problem) : FormatException($"column {column}: {problem}")
{
    /// <summary>Where it went wrong, in characters; the first is 1.</summary>
    public int Column => column;
}
