using System.Globalization;
using VampNet.Core.Tokens;

namespace VampNet.Core.Prompts.Text;

/// <summary>What was written behind the name of a prompt.</summary>
internal sealed class PromptArguments
{
    // Frames as seconds lie this far within their frame, so that rounding leads back to it.
    private const double Within = 1e-9;

    private readonly PromptAtom _atom;
    private readonly PromptScanner _scanner;
    private readonly FrameRate _rate;
    private readonly Dictionary<string, double> _values = [];
    private readonly List<Region> _stretches = [];

    private PromptArguments(PromptAtom atom, PromptScanner scanner, FrameRate rate) =>
        (_atom, _scanner, _rate) = (atom, scanner, rate);

    private string Atom => _atom.Name;

    public IReadOnlyList<Region> Stretches => _stretches;

    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Whether it is given, or is the name of the prompt itself.</summary>
    public bool Says(string name) => Atom == name || Has(name);

    public double Number(string name, double fallback = 0) => _values.GetValueOrDefault(name, fallback);

    public int Int(string name, int fallback = 0) => (int)Number(name, fallback);

    /// <summary>Takes all that belongs to a prompt.</summary>
    public static PromptArguments Read(PromptAtom atom, PromptScanner scanner, FrameRate rate)
    {
        var arguments = new PromptArguments(atom, scanner, rate);
        if (atom.TakesStretches)
            arguments.ReadStretches();
        if (Array.Find(atom.Parameters, parameter => parameter.IsFirst) is { } first)
        {
            if (scanner.Current is { Kind: TokenKind.Name, IsFlag: false } named && first.IsCalled(named.Text))
                scanner.Next();
            scanner.Skip("=");
            arguments.ReadValue(first);
        }
        while (scanner.Current is { Kind: TokenKind.Name } name && arguments.Parameter(name) is { } parameter)
            arguments.ReadNamed(parameter);
        return arguments;
    }

    private PromptParameter? Parameter(PromptToken name)
    {
        if (Array.Find(_atom.Parameters, parameter => parameter.IsCalled(name.Text)) is { } found)
            return found;
        if (name.IsFlag)
            return null; // the next option
        if (PromptAtom.Find(name.Text) is not null)
            throw new PromptTextException(name.Column, $"expected \"&\" or \"|\" before {name}");
        var names = _atom.Parameters.Select(parameter => parameter.Name).ToArray();
        throw new PromptTextException(name.Column, names.Length == 0
            ? $"expected \"&\" or \"|\", got {name}"
            : $"{name} is none of what {Atom} takes ({string.Join(", ", names)}){Spelling.Hint(name.Text, names)}");
    }

    private void ReadNamed(PromptParameter parameter)
    {
        var name = _scanner.Next();
        if (Has(parameter.Name))
            throw new PromptTextException(name.Column, $"{parameter.Name} is given twice");
        if (parameter.Unit == PromptUnit.Switch)
        {
            _values[parameter.Name] = 1;
            return;
        }
        _scanner.Skip("=");
        ReadValue(parameter);
    }

    private void ReadValue(PromptParameter parameter)
    {
        var what = $"{parameter.Name} of {Atom}";
        _values[parameter.Name] = parameter.Unit switch
        {
            PromptUnit.Frames => Whole(what, FramesPerUnit, "frames"),
            PromptUnit.Count => Whole(what, null, ""),
            PromptUnit.Seconds => Seconds(what, -Within),
            _ => Value(what, null).Value,
        };
    }

    private void ReadStretches()
    {
        do
        {
            var from = Seconds("the start of a region", Within);
            if (!_scanner.Skip("..") && _scanner.Current.Kind != TokenKind.Number)
                throw new PromptTextException(_scanner.Current.Column, $"expected the end of the region, such as \"2..4\"");
            _stretches.Add(new Region(from, Seconds("the end of a region", -Within)));
        }
        while (_scanner.Skip(",") || _scanner.Current.Kind == TokenKind.Number);
    }

    private double Seconds(string what, double within)
    {
        var (value, token) = Value(what, unit => unit switch { "" or "s" => 1, "ms" => 0.001, "f" => _rate.ToSeconds(1), _ => null });
        return token.Unit == "f" ? Math.Max(0, value + within) : value;
    }

    private double? FramesPerUnit(string unit) =>
        unit switch { "" or "f" => 1, "s" => _rate.FramesPerSecond, "ms" => _rate.FramesPerSecond / 1000, _ => null };

    private int Whole(string what, Func<string, double?>? scale, string unit)
    {
        var (value, token) = Value(what, scale);
        if (token.Unit is "s" or "ms")
            value = Math.Round(value);
        return value == Math.Truncate(value) && value <= int.MaxValue
            ? (int)value
            : throw new PromptTextException(token.Column, $"{what} is a whole number{(unit.Length > 0 ? " of " + unit : "")}, not {token}");
    }

    private (double Value, PromptToken Token) Value(string what, Func<string, double?>? scale)
    {
        var token = _scanner.Current;
        if (token.Kind != TokenKind.Number)
            throw new PromptTextException(token.Column, $"expected a number, {what}, got {token}");
        _scanner.Next();
        var factor = scale is null ? token.Unit.Length == 0 ? 1 : null : scale(token.Unit);
        var value = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (factor is null)
            throw new PromptTextException(
                token.Column + token.Text.Length,
                $"\"{token.Unit}\" is no unit of {what}{(scale is null ? "" : "; s, ms and f (frames) are")}");
        // A factor of 1 keeps every digit.
        return double.IsFinite(value) ? (value * factor.Value, token) : throw new PromptTextException(token.Column, $"{what} is too large");
    }
}
