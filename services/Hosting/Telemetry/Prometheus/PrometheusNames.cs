using System.Text;

namespace VampNet.Services.Hosting.Telemetry.Prometheus;

/// <summary>Names of OpenTelemetry as names of Prometheus, by the rules of OpenTelemetry's compatibility specification.</summary>
internal static class PrometheusNames
{
    private static readonly Dictionary<string, string> Units = new()
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds", ["min"] = "minutes", ["h"] = "hours", ["d"] = "days",
        ["By"] = "bytes", ["KiBy"] = "kibibytes", ["MiBy"] = "mebibytes", ["Hz"] = "hertz", ["%"] = "percent",
    };

    private static readonly Dictionary<string, string> PerUnits = new() { ["s"] = "second", ["min"] = "minute", ["h"] = "hour", ["d"] = "day" };

    /// <summary>Name of a metric: with its unit, and _total where it only grows.</summary>
    /// <param name="unit">UCUM, such as "s", "By", "{token}/s"; null = none</param>
    public static string Metric(string name, string? unit, PrometheusKind kind)
    {
        var metric = Sanitize(name, allowColon: true);
        var suffix = unit == "1" ? (kind == PrometheusKind.Gauge ? "ratio" : "") : Unit(unit ?? "");
        if (suffix.Length > 0 && !metric.EndsWith($"_{suffix}", StringComparison.Ordinal))
            metric += $"_{suffix}";
        if (kind == PrometheusKind.Counter && !metric.EndsWith("_total", StringComparison.Ordinal))
            metric += "_total";
        return metric;
    }

    public static string Label(string name) => Sanitize(name, allowColon: false);

    private static string Unit(string unit)
    {
        var parts = unit.Split('/', 2);
        var counted = One(parts[0], Units);
        return parts.Length == 1 ? counted : $"{counted}_per_{One(parts[1], PerUnits)}".TrimStart('_');
    }

    /// <summary>What is in braces is a remark and no unit.</summary>
    private static string One(string unit, Dictionary<string, string> names)
    {
        var (open, close) = (unit.IndexOf('{'), unit.LastIndexOf('}'));
        if (open >= 0 && close > open)
            unit = unit[..open] + unit[(close + 1)..];
        return names.TryGetValue(unit, out var name) ? name : Sanitize(unit, allowColon: false).Trim('_');
    }

    private static string Sanitize(string name, bool allowColon)
    {
        var result = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            var good = char.IsAsciiLetterOrDigit(c) || c == '_' || (c == ':' && allowColon);
            // Several in a row become one.
            if (good || result.Length == 0 || result[^1] != '_')
                result.Append(good ? c : '_');
        }
        if (result.Length > 0 && char.IsAsciiDigit(result[0]))
            result.Insert(0, '_');
        return result.ToString();
    }
}
