using System.Text.RegularExpressions;

namespace VampNet.Core.Prompts.Text;

internal enum TokenKind
{
    Number,
    Name,
    Symbol,
    End,
}

/// <summary>A piece of the text of a prompt.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">A number's digits, a name without dashes, a symbol in its one spelling; empty at the end.</param>
/// <param name="Column">Where it begins, in characters; the first is 1.</param>
/// <param name="Unit">What follows a number without a space; empty = nothing.</param>
/// <param name="IsFlag">Whether a name is written as an option of the command line: with dashes.</param>
internal readonly record struct PromptToken(TokenKind Kind, string Text, int Column, string Unit = "", bool IsFlag = false)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    /// <summary>For error messages.</summary>
    public override string ToString() => Kind == TokenKind.End ? "the end" : $"\"{Text}{Unit}\"";
}

/// <summary>Cuts the text of a prompt into tokens, one ahead of the reader.</summary>
internal sealed partial class PromptScanner
{
    private readonly string _text;
    private int _end;

    public PromptScanner(string text)
    {
        _text = text;
        Current = Scan();
    }

    /// <summary>The token that is read next.</summary>
    public PromptToken Current { get; private set; }

    /// <summary>Takes a token.</summary>
    public PromptToken Next()
    {
        var token = Current;
        Current = Scan();
        return token;
    }

    /// <summary>Takes the next token if it is this symbol.</summary>
    public bool Skip(string symbol)
    {
        if (!Current.Is(symbol))
            return false;
        Next();
        return true;
    }

    /// <summary>Takes a name that may begin with a digit, as those of presets.</summary>
    public PromptToken NextWord()
    {
        var column = Current.Column;
        var word = Word().Match(_text, column - 1);
        if (!word.Success)
            throw new PromptTextException(column, $"expected the name of a preset, got {Current}");
        _end = column - 1 + word.Length;
        Current = Scan();
        return new(TokenKind.Name, word.Value, column);
    }

    private PromptToken Scan()
    {
        while (_end < _text.Length && char.IsWhiteSpace(_text[_end]))
            _end++;
        var column = _end + 1;
        if (_end == _text.Length)
            return new(TokenKind.End, "", column);
        var match = Token().Match(_text, _end);
        if (!match.Success)
            throw new PromptTextException(column, $"\"{_text[_end]}\" means nothing here");
        _end += match.Length;
        if (match.Groups["number"] is { Success: true } number)
            return new(TokenKind.Number, number.Value, column, match.Groups["unit"].Value);
        if (match.Groups["name"] is not { Success: true } name)
            return new(TokenKind.Symbol, match.Value switch { "||" => "|", "&&" => "&", "-" => "..", var symbol => symbol }, column);
        return name.Value.ToUpperInvariant() switch
        {
            "AND" => new(TokenKind.Symbol, "&", column),
            "OR" => new(TokenKind.Symbol, "|", column),
            "NOT" => new(TokenKind.Symbol, "!", column),
            _ => new(TokenKind.Name, name.Value, column, IsFlag: match.Value[0] == '-'),
        };
    }

    [GeneratedRegex(@"\G(?:(?<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE]-?\d+)?)(?<unit>[A-Za-z]*)|--(?<name>[A-Za-z][\w-]*(?:\.[\w-]+)*)"
        + @"|-(?<name>[A-Za-z])|(?<name>[A-Za-z][\w-]*(?:\.[\w-]+)*)|\.\.|-|\|\|?|&&?|[()!=,])", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex(@"\G[A-Za-z0-9][\w.-]*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
