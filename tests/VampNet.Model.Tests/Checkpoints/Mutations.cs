using VampNet.Model.Checkpoints;
using VampNet.Testing;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>Damaged files, reproducibly: a reader takes them or throws <see cref="CheckpointException"/>, in bounded memory.</summary>
internal static class Mutations
{
    /// <summary>What reading may take beside a multiple of the file: tables of names, buffers, messages.</summary>
    private const long FixedBytes = 1 << 19;

    /// <summary>Bytes that reading may take for each byte of the file.</summary>
    private const int BytesPerByte = 16;

    /// <summary>Reads the file, then so many damaged ones.</summary>
    public static void AssertSurvives(byte[] file, int rounds, Action<byte[]> read) =>
        AssertSurvives(file, rounds, file.Length, damaged => () => read(damaged));

    /// <param name="size">bytes of what is read, where the damage is to a part of it</param>
    /// <param name="prepare">makes what is read of the damaged part; the memory that this takes does not count</param>
    public static void AssertSurvives(byte[] file, int rounds, long size, Func<byte[], Action> prepare)
    {
        prepare(file)();
        var random = new Random(rounds);
        var refused = 0;
        for (var round = 0; round < rounds; round++)
        {
            var read = prepare(Damage.Bytes(file, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                read();
            }
            catch (CheckpointException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"round {round}: {e}");
            }
            var taken = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(taken <= FixedBytes + BytesPerByte * size, $"round {round}: reading {size} bytes took {taken}");
        }
        Assert.True(refused > rounds / 4, $"only {refused} of {rounds} damaged files were noticed");
    }
}
