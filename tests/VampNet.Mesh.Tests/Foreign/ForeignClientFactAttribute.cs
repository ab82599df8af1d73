using System.Diagnostics;

namespace VampNet.Mesh.Tests.Foreign;

/// <summary>A test that needs Python with grpcio, and protoc; skipped, visibly, where they are missing.</summary>
internal sealed class ForeignClientFactAttribute : FactAttribute
{
    public ForeignClientFactAttribute() => Skip = FindMissing();

    /// <summary>The Python that Debian's packages belong to, where there is one.</summary>
    public static string Python { get; } = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    private static string? FindMissing()
    {
        if (!Succeeds(Python, "-c", "import grpc, google.protobuf"))
            return $"{Python} lacks grpcio: apt-get install python3-grpcio python3-protobuf";
        return Succeeds("protoc", "--version") && Succeeds("sh", "-c", "command -v grpc_python_plugin")
            ? null
            : "protoc or its Python plugin is missing: apt-get install protobuf-compiler-grpc";
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
