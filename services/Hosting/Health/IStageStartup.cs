
namespace VampNet.Services.Hosting.Health;

/// <summary>The start of a stage, for hosts that wait for it.</summary>
public interface IStageStartup
{
    /// <summary>Ends when the stage serves; fails with what kept it from loading.</summary>
    Task Ready { get; }
}
