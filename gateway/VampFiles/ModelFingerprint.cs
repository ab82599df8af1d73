using System.Security.Cryptography;

namespace VampNet.Gateway.VampFiles;

/// <summary>Which weights a .vamp file is for, in a few bytes.</summary>
internal static class ModelFingerprint
{
    public const int Length = 8;

    /// <summary>Of the SHA-256s of the three models, as the stages report them.</summary>
    /// <param name="codec">64 hexadecimal digits, and so the others</param>
    public static byte[] Of(string codec, string coarse, string fine) =>
        SHA256.HashData([.. Convert.FromHexString(codec), .. Convert.FromHexString(coarse), .. Convert.FromHexString(fine)])[..Length];
}
