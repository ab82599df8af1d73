using System.Text.Json;
using VampNet.Model.Checkpoints;
using Xunit;

namespace VampNet.Training.Tests;

/// <summary>Runs that are stopped in the middle, and what they leave behind.</summary>
internal static class TestRun
{
    /// <summary>Trains, and stops after a line of progress that starts so; null = never.</summary>
    /// <param name="train">with a setup whose progress is listened to</param>
    public static void UpTo(string? line, TrainingSetup setup, Action<TrainingSetup, CancellationToken> train)
    {
        using var stop = new CancellationTokenSource();
        void Listen(string text)
        {
            if (line is not null && text.StartsWith(line, StringComparison.Ordinal))
                stop.Cancel();
        }

        try
        {
            train(setup with { Report = Listen }, stop.Token);
        }
        catch (OperationCanceledException) when (line is not null)
        {
            // as asked
        }
    }

    /// <summary>The lines of a kind, in the order in which they were written.</summary>
    public static JsonElement[] Log(string run, string kind) =>
        [.. File.ReadLines(Path.Combine(run, "log.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.Clone())
            .Where(line => line.GetProperty("kind").GetString() == kind)];

    public static double[] Values(string run, string kind, string name) =>
        [.. Log(run, kind).Select(line => line.GetProperty(name).GetDouble())];

    public static TensorTable Weights(string run, string file = "model.safetensors") =>
        Safetensors.Read(Path.Combine(run, "checkpoint", file));

    /// <summary>Both went the same way: every figure of every step, and every weight, to the bit.</summary>
    public static void AssertSame(string expected, string actual)
    {
        foreach (var kind in new[] { "train", "validation" })
            Assert.Equal(Figures(expected, kind), Figures(actual, kind));
        var (whole, parts) = (Weights(expected), Weights(actual));
        Assert.Equal(whole.Tensors.Keys, parts.Tensors.Keys);
        Assert.All(whole.Tensors, t => Assert.True(t.Value.Data.Span.SequenceEqual(parts[t.Key].Data.Span), t.Key));
    }

    private static string[] Figures(string run, string kind) =>
        [.. Log(run, kind).Select(line => string.Join(' ', line.EnumerateObject().Where(p => p.Name != "time").Select(p => p.ToString())))];
}
