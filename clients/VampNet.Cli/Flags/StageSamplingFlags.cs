using System.CommandLine;
using VampNet.Protos.Vamp.V1;

namespace VampNet.Cli.Flags;

/// <summary>How the coarse stage samples, and the fine one: as the coarse one unless told otherwise.</summary>
internal sealed class StageSamplingFlags(Command command)
{
    private readonly SamplingFlags _coarse = new(command, "", "");
    private readonly SamplingFlags _fine = new(command, "fine-", "; of the fine stage, as the coarse one unless given");

    /// <summary>Adds what was given to a request.</summary>
    public void Read(ParseResult parsed, VampConfig config)
    {
        config.CoarseSampling = _coarse.Read(parsed);
        config.FineSampling = _fine.Read(parsed, config.CoarseSampling);
    }
}
