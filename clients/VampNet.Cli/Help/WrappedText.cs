namespace VampNet.Cli.Help;

/// <summary>Text in lines of at most 80 columns.</summary>
internal sealed class WrappedText(TextWriter output)
{
    private const int Width = 80;

    public void Heading(string heading)
    {
        output.WriteLine();
        output.WriteLine($"{heading}:");
    }

    /// <param name="first">columns before the first line</param>
    /// <param name="others">columns before those that follow</param>
    /// <param name="end">what stands at the end of a line that goes on</param>
    public void Paragraph(string text, int first = 0, int others = 0, string end = "")
    {
        var line = new string(' ', first);
        var isEmpty = true;
        foreach (var word in text.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length + end.Length > Width)
            {
                output.WriteLine(line + end);
                (line, isEmpty) = (new string(' ', others), true);
            }
            line += isEmpty ? word : " " + word;
            isEmpty = false;
        }
        output.WriteLine(line);
    }

    /// <summary>A name, and what it means beside it, or below where the name is long.</summary>
    public void Row(string name, string meaning, int indent, int column)
    {
        if (indent + name.Length + 2 > column)
        {
            output.WriteLine(new string(' ', indent) + name);
            Paragraph(meaning, column, column);
            return;
        }
        var words = (new string(' ', indent) + name).PadRight(column);
        var rest = new StringWriter();
        new WrappedText(rest).Paragraph(meaning, column, column);
        output.Write(words + rest.ToString()[column..]);
    }
}
