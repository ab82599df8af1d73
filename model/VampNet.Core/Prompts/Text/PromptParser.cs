using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts.Text;

/// <summary>Reads one text: any of, all of, not, parentheses, and the atoms of <see cref="PromptAtom"/>.</summary>
internal sealed class PromptParser
{
    private const int LongestText = 65_536, MostNested = 64;

    private readonly PromptScanner _scanner;
    private readonly FrameRate _rate;
    private readonly IReadOnlyList<string> _presets;
    private int _nested;

    public PromptParser(string text, FrameRate rate, IReadOnlyList<string> presets)
    {
        if (text.Length > LongestText)
            throw new PromptTextException(LongestText + 1, $"a prompt has at most {LongestText} characters");
        (_scanner, _rate, _presets) = (new(text), rate, presets);
    }

    public Prompt Parse()
    {
        var prompt = Expression();
        return _scanner.Current.Kind == TokenKind.End ? prompt : throw Expected("\"&\" or \"|\"");
    }

    private Prompt Expression()
    {
        var terms = new List<Prompt> { Term() };
        while (_scanner.Skip("|"))
            terms.Add(Term());
        return terms.Count == 1 ? terms[0] : new Prompt.AnyOf(terms);
    }

    private Prompt Term()
    {
        var factors = new List<Prompt> { Factor() };
        // Options of the command line need no "&" between them: -P7 --codebooks 3.
        while (_scanner.Skip("&") || _scanner.Current.IsFlag)
            factors.Add(Factor());
        return factors.Count == 1 ? factors[0] : new Prompt.AllOf(factors);
    }

    private Prompt Factor()
    {
        var first = _scanner.Current;
        if (_nested == MostNested)
            throw new PromptTextException(first.Column, $"nested more than {MostNested} deep");
        _nested++;
        var prompt = _scanner.Skip("!") ? new Prompt.Inverse(Factor()) : _scanner.Skip("(") ? Closed(first) : Atom();
        _nested--;
        return prompt;
    }

    private Prompt Closed(PromptToken open)
    {
        var prompt = Expression();
        return _scanner.Skip(")") ? prompt : throw Expected($"\")\" for the \"(\" at column {open.Column}, or \"&\" or \"|\"");
    }

    private Prompt Atom()
    {
        var name = _scanner.Current;
        if (name.Kind != TokenKind.Name)
            throw Expected("a prompt, such as \"every 7\"");
        _scanner.Next();
        if (PromptAtom.Find(name.Text) is { } atom)
            return atom.Build(PromptArguments.Read(atom, _scanner, _rate));
        if (name.Text is "preset")
            return new Prompt.Preset(_scanner.NextWord().Text);
        if (_presets.Contains(name.Text))
            return new Prompt.Preset(name.Text);
        var hint = Spelling.Hint(name.Text, [.. PromptAtom.Names, "preset", .. _presets]);
        var others = hint.Length > 0 ? hint : $"; there are {string.Join(", ", PromptAtom.Names)} and preset";
        throw new PromptTextException(name.Column, $"{name} is no prompt{others}");
    }

    private PromptTextException Expected(string what) => new(_scanner.Current.Column, $"expected {what}, got {_scanner.Current}");
}
