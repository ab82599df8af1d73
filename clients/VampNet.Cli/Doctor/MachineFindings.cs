using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using VampNet.Audio.Files;
using VampNet.Core;
using VampNet.Gateway;
using VampNet.Model.Packages;
using VampNet.Services.Inference.Models;

namespace VampNet.Cli.Doctor;

/// <summary>This machine: libraries, ports, room on disks, the model.</summary>
internal static class MachineFindings
{
    private const long LittleRoom = 1L << 30, TooLittleRoom = 100L << 20;

    private static readonly (string File, string Package, string For)[] s_libraries =
    [
        ("libsndfile.so.1", "libsndfile1", "audio files"),
        ("libsoxr.so.0", "libsoxr0", "other sample rates"),
        ("libmpg123.so.0", "libmpg123-0", "MP3 files"),
        ("librubberband.so.2", "librubberband2", "--stretch and --pitch"),
    ];

    /// <param name="model">folder of a model package, as --model takes it</param>
    public static IEnumerable<Finding> Look(string model)
    {
        yield return Finding.Good(
            "system",
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}");
        foreach (var (file, package, purpose) in s_libraries)
            yield return Library(file, package, purpose);
        yield return Finding.Of("formats", Formats);
        yield return Finding.Of("model", () => Model(model));
        yield return Ports();
        yield return Finding.Of("disk", () => Disk("temporary files (TMPDIR)", Path.GetTempPath()));
        yield return Finding.Of("disk", () => Disk("this folder", Environment.CurrentDirectory));
    }

    private static Finding Library(string file, string package, string purpose)
    {
        if (!NativeLibrary.TryLoad(file, out var handle))
            return Finding.Bad(file, $"is missing: no {purpose}; on Debian: apt install {package}");
        NativeLibrary.Free(handle);
        return Finding.Good(file, purpose);
    }

    private static Finding Formats() => AudioFile.CanWrite(AudioFormat.Mp3)
        ? Finding.Good("formats", "WAV, FLAC, AIFF, OGG, Opus and MP3 can be written")
        : Finding.Warning("formats", "MP3 cannot be written: that needs libsndfile 1.1 or newer; everything else can");

    private static Finding Model(string model)
    {
        var folder = new ModelFolders().Resolve(new ModelOptions { Path = model })[0].Folder;
        var manifest = ModelManifest.Read(folder);
        return Finding.Good("model", $"{manifest.Name} {manifest.Version} in {folder}: {string.Join(", ", manifest.Parts.Keys)}");
    }

    private static Finding Ports()
    {
        var taken = StageInfo.All.Select(stage => (stage.Name, stage.Port)).Prepend((GatewayStage.Name, GatewayStage.Port))
            .Where(server => !IsFree(server.Item2)).Select(server => $"{server.Item2} ({server.Item1})").ToList();
        return taken.Count == 0
            ? Finding.Good("ports", $"{GatewayStage.Port} to {StageInfo.All.Max(stage => stage.Port)} are free")
            : Finding.Warning("ports", $"{string.Join(", ", taken)} taken: by a mesh that runs, or serve needs --urls");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Finding Disk(string what, string folder)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        var says = $"{what}: {free / (double)(1L << 30):0.0} GiB free in {folder}";
        return free < TooLittleRoom ? Finding.Bad("disk", says)
            : free < LittleRoom ? Finding.Warning("disk", $"{says}; long music needs a gigabyte")
            : Finding.Good("disk", says);
    }
}
