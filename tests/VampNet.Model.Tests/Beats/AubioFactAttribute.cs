using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using VampNet.Audio;
using VampNet.Audio.Files;
using Xunit;

namespace VampNet.Model.Tests.Beats;

/// <summary>A test that needs the aubio command; skipped, visibly, where it is missing.</summary>
internal sealed class AubioFactAttribute : FactAttribute
{
    public AubioFactAttribute() => Skip = Aubio.IsThere ? null : "aubio is missing: apt-get install aubio-tools";
}

/// <summary>The beat tracker of aubio (https://aubio.org), with its default settings.</summary>
internal static class Aubio
{
    public static bool IsThere
    {
        get
        {
            try
            {
                Run("--version");
                return true;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }

    /// <summary>Beat times in seconds.</summary>
    /// <param name="path">a file to pass the audio in</param>
    public static double[] Track(AudioBuffer audio, string path)
    {
        File.WriteAllBytes(path, AudioFile.Encode(audio, AudioFormat.Wav16));
        return [
            .. Run("beat", path).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => double.Parse(line.Split()[0], CultureInfo.InvariantCulture))];
    }

    private static string Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("aubio", arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
