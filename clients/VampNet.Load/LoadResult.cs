using System.Text.Json.Serialization;

namespace VampNet.Load;

/// <summary>What became of the calls of one run.</summary>
public sealed record LoadResult
{
    /// <summary>Calls a second that the schedule asked for; null: there was none.</summary>
    public double? Rate { get; init; }

    /// <summary>From the start until the last call had ended, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Calls that were answered.</summary>
    public required long Done { get; init; }

    /// <summary>Calls that were not.</summary>
    public required long Failed { get; init; }

    /// <summary>Music of the calls that were answered, in seconds.</summary>
    public required double MusicSeconds { get; init; }

    /// <summary>Of calls that were answered: from when they were to be made until the whole answer was there.</summary>
    public required Percentiles Latency { get; init; }

    /// <summary>Of calls that were answered: from when they were to be made to the first part of the answer.</summary>
    public required Percentiles First { get; init; }

    /// <summary>By kind of call.</summary>
    public required IReadOnlyList<CallGroup> Kinds { get; init; }

    /// <summary>By tenant.</summary>
    public required IReadOnlyList<CallGroup> Tenants { get; init; }

    /// <summary>Why calls failed, the most frequent first.</summary>
    public required IReadOnlyList<CallError> Errors { get; init; }

    /// <summary>The run in slices.</summary>
    public required IReadOnlyList<LoadSlice> Slices { get; init; }

    /// <summary>All latencies.</summary>
    [JsonIgnore]
    public LatencyHistogram Latencies { get; init; } = new();

    /// <summary>Calls that were answered, a second.</summary>
    public double CallsPerSecond => Seconds > 0 ? Done / Seconds : 0;

    /// <summary>Seconds of music, a second.</summary>
    public double MusicPerSecond => Seconds > 0 ? MusicSeconds / Seconds : 0;

    /// <summary>Failed calls of all, 0 to 1.</summary>
    public double ErrorShare => Done + Failed > 0 ? (double)Failed / (Done + Failed) : 0;

    /// <summary>Calls that were due, and answers that came, in the second half of the time in which calls began.</summary>
    [JsonIgnore]
    public (int Due, int Done) SecondHalf
    {
        get
        {
            var half = Slices.Where(slice => slice.Number is >= LoadRecorder.Slices / 2 and < LoadRecorder.Slices).ToList();
            return (half.Sum(slice => slice.Due), half.Sum(slice => slice.Done));
        }
    }

    /// <summary>
    /// Jain's index over the calls of each tenant that were answered: 1 = all have the same, 1 / tenants = one has all; null: there are no
    /// tenants.
    /// </summary>
    public double? Fairness => Tenants.Count == 0 ? null : JainsIndex([.. Tenants.Select(tenant => (double)tenant.Latency.Count)]);

    /// <summary>(Σx)² / (n Σx²); 1 where nobody has anything.</summary>
    public static double JainsIndex(IReadOnlyList<double> shares)
    {
        var squares = shares.Sum(share => share * share);
        return squares == 0 ? 1 : Math.Pow(shares.Sum(), 2) / (shares.Count * squares);
    }
}

/// <summary>Calls of one kind or tenant.</summary>
/// <param name="Name">What they have in common.</param>
/// <param name="Latency">As in <see cref="LoadResult"/>.</param>
/// <param name="Failed">Calls that were not answered.</param>
public sealed record CallGroup(string Name, Percentiles Latency, long Failed);

/// <summary>Calls that failed alike.</summary>
/// <param name="Status">gRPC's status, such as ResourceExhausted; where the answer was none, the name of the exception.</param>
/// <param name="Reason">The reason in the error's details, such as QUEUE_FULL; empty where there is none.</param>
/// <param name="Count">How many.</param>
public sealed record CallError(string Status, string Reason, long Count);

/// <summary>A twentieth of the time in which calls began, or as long a time after it.</summary>
/// <param name="Number">From 0.</param>
/// <param name="Seconds">Its length.</param>
/// <param name="Due">Calls that were to be made in it.</param>
/// <param name="Done">Calls whose answers came in it.</param>
public sealed record LoadSlice(int Number, double Seconds, int Due, int Done);
