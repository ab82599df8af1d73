using System.CommandLine;
using System.Text.Json.Nodes;
using VampNet.Cli.Doctor;
using VampNet.Cli.Flags;
using VampNet.Cli.Output;

namespace VampNet.Cli.Commands;

/// <summary><c>vampnet doctor</c>: whether everything that is needed is there.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Look whether everything that is needed is there, and say what to do where it is not.");
        var connection = new ConnectionFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var worst = FindingState.Good;
            foreach (var finding in MachineFindings.Look(connection.Package(parsed)).Concat(ComputeFindings.Look()))
                Say(finding);
            if (connection.HasGateway(parsed))
            {
                await using var mesh = await connection.OpenAsync(parsed, cancellationToken);
                foreach (var finding in await MeshFindings.LookAsync(mesh, cancellationToken))
                    Say(finding);
            }
            Facts.Add("healthy", worst != FindingState.Bad, worst == FindingState.Bad ? "Something will not work." : "All is well.");
            return (int)(worst == FindingState.Bad ? ExitCode.Failure : ExitCode.Done);

            void Say(Finding finding)
            {
                worst = finding.State > worst ? finding.State : worst;
                var state = finding.State.ToString().ToLowerInvariant();
                Facts.Append("findings", new JsonObject { ["name"] = finding.Name, ["state"] = state, ["says"] = finding.Says });
                if (!Facts.AreJson)
                    Console.WriteLine($"{(finding.State == FindingState.Good ? "ok" : state),-8}{finding.Name}: {finding.Says}");
            }
        });
        return command;
    }
}
