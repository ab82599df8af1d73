using Grpc.Core;
using VampNet.Protos.Generator.V1;

namespace VampNet.Mesh.Tests.Support;

/// <summary>Requests and responses of single calls.</summary>
internal static class Calls
{
    /// <summary>Four codebooks, all of them hidden.</summary>
    public static GenerateRequest Generation(int steps, uint frames = 10) =>
        new() { Tokens = Tokens.Masked(4, frames, 0), Sampling = new Sampling { Steps = steps } };

    /// <summary>Everything that is still to come.</summary>
    public static async Task<List<T>> ReadToEndAsync<T>(this IAsyncStreamReader<T> responses) =>
        await responses.ReadAllAsync().ToListAsync();
}
