using VampNet.Core.Tokens;
using VampNet.Gateway.Telemetry;

namespace VampNet.Gateway.Requests;

/// <summary>One variation: what makes it, and where its responses go.</summary>
/// <param name="Number">from 0</param>
/// <param name="Mask">what to generate</param>
internal sealed record Variation(
    int Number, ulong Seed, TokenMask Mask, VariationResponses Responses, VariationTelemetry Telemetry) : IDisposable
{
    public void Dispose() => Telemetry.Dispose();
}
