using System.CommandLine;
using VampNet.Cli.Flags;
using VampNet.Cli.Help;
using VampNet.Load;
using VampNet.Load.Calls;
using VampNet.Load.Reports;

namespace VampNet.Cli.Commands.Load;

/// <summary>What is put under load, and how.</summary>
internal sealed class LoadFlags
{
    private const double LongestDuration = 86_400, HighestRate = 1e5;

    private const int MostCallers = 10_000;

    private readonly Option<string> _stage = new("--stage")
    {
        Description = $"{string.Join(", ", LoadTargets.Names)}.",
        HelpName = "STAGE",
        Required = true,
    };
    private readonly Option<double?> _rate = new("--rate")
    {
        Description = "Calls a second, by a schedule that waits for no answer; without, each caller waits for its own.",
        HelpName = "N",
    };
    private readonly Option<bool> _constant = new("--constant") { Description = "Calls at equal distances, not at random (Poisson)." };
    private readonly Option<int?> _concurrency = new("--concurrency")
    {
        Description = "Callers (1); with --rate the most calls at once (1000).",
        HelpName = "N",
    };
    private readonly Option<string> _mix = new("--mix")
    {
        Description = "Lengths of music and their weights, such as short:3,long: "
            + $"{string.Join(", ", RequestMix.Lengths.Select(length => $"{length.Key} = {length.Value} s"))}.",
        HelpName = "MIX",
        DefaultValueFactory = _ => "short",
    };
    private readonly Option<double> _duration = PositiveOption.Create("--duration", "Seconds in which calls begin.", 30.0);
    private readonly Option<double> _timeout = PositiveOption.Create("--timeout", "Seconds that a call may take.", 60.0);
    private readonly Option<int> _steps = PositiveOption.Create("--steps", "Sampling steps of a generation.", 12);
    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Of random arrivals.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };
    private readonly Option<int> _tenants = new("--tenants") { Description = "So many tenants take turns.", HelpName = "N" };
    private readonly Option<string> _tenantHeader = new("--tenant-header")
    {
        Description = "The metadata header that names the tenant.",
        HelpName = "NAME",
        DefaultValueFactory = _ => new LoadPlan { Duration = default }.TenantHeader,
    };
    private readonly Option<bool> _search = new("--find-saturation")
    {
        Description = "Steps the rate up from --rate (1) until p99 or the answers break, and reports the knee.",
    };
    private readonly Option<double?> _maxP99 = new("--max-p99")
    {
        Description = "With --find-saturation: the p99 that is too much, in seconds; without, five times the lowest p99 or p50 so far.",
        HelpName = "S",
    };

    public LoadFlags(Command command)
    {
        _stage.AcceptOnlyFromAmong([.. LoadTargets.Names]);
        Option[] options =
        [
            _stage, _rate, _constant, _concurrency, _mix, _duration, _timeout, _steps, _seed, _tenants, _tenantHeader, _search, _maxP99,
        ];
        command.AddOptions("The load", options);
    }

    public string Stage(ParseResult parsed) => parsed.GetValue(_stage)!;

    public LoadRequests Requests(ParseResult parsed, string model)
    {
        try
        {
            RequestMix.Parse(parsed.GetValue(_mix)!);
        }
        catch (FormatException error)
        {
            throw new BadInputException($"--mix: {error.Message}");
        }
        return new LoadRequests(parsed.GetValue(_mix)!, parsed.GetValue(_steps), model);
    }

    /// <exception cref="BadInputException">it would be without end, or nothing</exception>
    public LoadPlan Plan(ParseResult parsed)
    {
        var rate = parsed.GetValue(_rate);
        var (duration, timeout) = (parsed.GetValue(_duration), parsed.GetValue(_timeout));
        var concurrency = parsed.GetValue(_concurrency) ?? (rate is null ? 1 : 1_000);
        Require(rate is null or (> 0 and <= HighestRate), $"--rate must be above 0, at most {HighestRate}");
        Require(duration <= LongestDuration && timeout <= LongestDuration, $"--duration and --timeout are at most {LongestDuration}");
        Require(concurrency is > 0 and <= MostCallers, $"--concurrency must be 1 to {MostCallers}");
        Require(parsed.GetValue(_tenants) is >= 0 and <= MostCallers, $"--tenants must be 0 to {MostCallers}");
        Require((rate ?? 0) * duration <= LoadPlan.MostCalls, $"--rate times --duration are more than {LoadPlan.MostCalls} calls");
        return new LoadPlan
        {
            Duration = TimeSpan.FromSeconds(duration),
            Timeout = TimeSpan.FromSeconds(timeout),
            Rate = rate,
            IsConstant = parsed.GetValue(_constant),
            Concurrency = concurrency,
            Seed = parsed.GetValue(_seed),
            Tenants = parsed.GetValue(_tenants),
            TenantHeader = parsed.GetValue(_tenantHeader)!,
        };
    }

    /// <summary>How the knee is looked for; null = it is not.</summary>
    public SaturationOptions? Search(ParseResult parsed) => parsed.GetValue(_search)
        ? new SaturationOptions { FirstRate = parsed.GetValue(_rate) ?? 1, MaxP99 = parsed.GetValue(_maxP99) }
        : null;

    public LoadSettings Settings(ParseResult parsed, LoadPlan plan) => new(
        Stage(parsed), parsed.GetValue(_mix)!, parsed.GetValue(_steps), plan.Rate,
        plan.Rate is null ? "" : plan.IsConstant ? "constant" : "poisson", plan.Concurrency, plan.Duration.TotalSeconds, plan.Tenants);

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new BadInputException(message);
    }
}
