namespace VampNet.Load.Calls;

/// <summary>A length of music that requests have.</summary>
/// <param name="Name">How the mix and the report call it.</param>
/// <param name="Seconds">Of music.</param>
/// <param name="Weight">How often it is drawn, relative to the others; above 0.</param>
public sealed record MixPart(string Name, double Seconds, double Weight);

/// <summary>Which lengths of music requests have. A number always draws the same.</summary>
public sealed class RequestMix
{
    /// <summary>The lengths by name, in seconds.</summary>
    public static IReadOnlyDictionary<string, double> Lengths { get; } =
        new Dictionary<string, double> { ["short"] = 3, ["medium"] = 10, ["long"] = 30 };

    private readonly IReadOnlyList<MixPart> _parts;
    private readonly double _weight;

    private RequestMix(IReadOnlyList<MixPart> parts) => (_parts, _weight) = (parts, parts.Sum(part => part.Weight));

    /// <summary>Reads a mix such as "short,long" (equally often) or "short:3,long" (three short ones for a long one).</summary>
    /// <exception cref="FormatException">it is none; the message says what is expected</exception>
    public static RequestMix Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = new List<MixPart>();
        foreach (var part in text.Split(','))
        {
            var (name, weight) = part.Split(':') switch
            {
                [var only] => (only, 1),
                [var first, var number] when double.TryParse(number, out var value) && value is > 0 and < 1e6 => (first, value),
                _ => ("", 0),
            };
            if (!Lengths.TryGetValue(name, out var seconds) || parts.Any(other => other.Name == name))
                throw new FormatException(
                    $"\"{part}\" is no part of a mix: expected each of {string.Join(", ", Lengths.Keys)} at most once, "
                        + "with a weight such as short:3 or without");
            parts.Add(new MixPart(name, seconds, weight));
        }
        return new RequestMix(parts);
    }

    /// <summary>The part that a request belongs to.</summary>
    public MixPart this[int number]
    {
        get
        {
            var drawn = RandomOf(number).NextDouble() * _weight;
            return _parts.FirstOrDefault(part => (drawn -= part.Weight) < 0) ?? _parts[^1];
        }
    }

    /// <summary>Chance for the request of a number, always the same.</summary>
    internal static Random RandomOf(int number) => new(number * 7_919 + 17);
}
