using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace VampNet.Testing;

/// <summary>Keys that a gateway knows, as its file has them.</summary>
public static class ApiKeyFile
{
    /// <summary>Replaces the keys that are known.</summary>
    public static void Write(string path, params (string Key, string Tenant, string[] Scopes)[] keys) => File.WriteAllText(
        path, JsonSerializer.Serialize(keys.Select(key => new
        {
            name = $"somebody of {key.Tenant}",
            tenant = key.Tenant,
            scopes = key.Scopes,
            sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.Key))),
        })));
}
