using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging;

namespace VampNet.Services.Hosting.Security;

/// <summary>Certificates in PEM files, reloaded when they change.</summary>
public static class Certificates
{
    /// <summary>What is made of a certificate with its key, and of those between it and its CA where the file has them.</summary>
    /// <param name="certificatePath">A PEM file: the certificate first.</param>
    /// <param name="keyPath">A PEM file with the private key, not encrypted.</param>
    /// <param name="make">Gets all certificates, the one with the key first.</param>
    /// <param name="time">The clock that says when to look at the files again.</param>
    /// <param name="logger">Hears of changes.</param>
    public static ReloadedFiles<T> Identity<T>(
        string certificatePath, string keyPath, Func<X509Certificate2Collection, T> make, TimeProvider time, ILogger logger) =>
        new([certificatePath, keyPath], files =>
        {
            var (certificate, key) = (Text(files[0]), Text(files[1]));
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificate);
            chain[0] = X509Certificate2.CreateFromPem(certificate, key); // fails where they do not belong together
            return make(chain);
        }, time, logger);

    /// <summary>The CAs of a PEM file, as a policy that trusts these and no others.</summary>
    /// <param name="path">A PEM file.</param>
    /// <param name="time">The clock that says when to look at the file again.</param>
    /// <param name="logger">Hears of changes.</param>
    public static ReloadedFiles<X509ChainPolicy> Authority(string path, TimeProvider time, ILogger logger) =>
        new([path], files =>
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck, // certificates live for days or weeks, and a CA of one's own has no lists
            };
            policy.CustomTrustStore.ImportFromPem(Text(files[0]));
            return policy.CustomTrustStore.Count > 0 ? policy : throw new InvalidDataException("the file holds no certificate");
        }, time, logger);

    private static string Text(byte[] file) => Encoding.UTF8.GetString(file);
}
