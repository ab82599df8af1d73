using VampNet.Gateway.Telemetry;
using VampNet.Model.Tokens;

namespace VampNet.Gateway.Pipeline;

/// <summary>One variation of a song: what makes it, and who hears of it.</summary>
/// <param name="Number">from 0</param>
/// <param name="Mask">what to generate</param>
internal sealed record Variation(int Number, ulong Seed, TokenMask Mask, VariationAnswers Answers, StageClock Clock, VariationTelemetry Telemetry) : IDisposable
{
    public void Dispose() => Telemetry.Dispose();
}
