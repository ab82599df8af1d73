using VampNet.Model.Checkpoints;
using VampNet.Model.Checkpoints.Torch;
using Xunit;

namespace VampNet.Model.Tests.Checkpoints;

/// <summary>Damaged files load or throw <see cref="CheckpointException"/>; nothing else, and promptly.</summary>
public class CheckpointFuzzTests
{
    private const int Rounds = 3000;

    [Theory]
    [InlineData("views.pth")]
    [InlineData("package.pth")]
    [InlineData("package_weights.pth")]
    public void Damaged_zips_are_reported(string name)
    {
        var file = File.ReadAllBytes(TorchCheckpointTests.Data(name));
        AssertSurvives(file, damaged => TorchCheckpoint.Read(new MemoryStream(damaged), name));
    }

    /// <summary>The zip intact around damaged pickles, so that the damage gets past its checksums.</summary>
    [Theory]
    [InlineData("views.pth", "data.pkl")]
    [InlineData("package.pth", "Tiny.pth")]
    [InlineData("package.pth", "Tiny.metadata")]
    public void Damaged_pickles_are_reported(string name, string entry)
    {
        var entries = PickleWriter.Unzip(TorchCheckpointTests.Data(name));
        var index = Array.FindIndex(entries, e => e.Name.EndsWith(entry, StringComparison.Ordinal));
        AssertSurvives(entries[index].Data, damaged =>
        {
            var changed = entries.ToArray();
            changed[index].Data = damaged;
            return TorchCheckpoint.Read(PickleWriter.Zip(changed), name);
        });
    }

    [Fact]
    public void Damaged_safetensors_are_reported()
    {
        var file = SafetensorsTests.Write(TorchCheckpoint.Read(TorchCheckpointTests.Data("package.pth")));
        AssertSurvives(file, damaged => Safetensors.Read(new MemoryStream(damaged), "damaged"));
    }

    private static void AssertSurvives(byte[] file, Func<byte[], TensorTable> read)
    {
        Assert.NotEmpty(read(file).Tensors);
        var random = new Random(1);
        var refused = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = Damage(file, random);
            try
            {
                read(damaged);
            }
            catch (CheckpointException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"round {round}: {e}");
            }
        }
        Assert.True(refused > Rounds / 4, $"only {refused} of {Rounds} damaged files were noticed");
    }

    private static byte[] Damage(byte[] file, Random random)
    {
        var damaged = random.Next(4) == 0 ? file[..random.Next(file.Length)] : [.. file];
        if (damaged.Length == 0)
            return damaged;
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(damaged.Length);
            damaged[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(damaged[at] ^ (1 << random.Next(8))),
                _ => damaged[random.Next(damaged.Length)], // bytes of the format itself hit deeper
            };
        }
        return damaged;
    }
}
