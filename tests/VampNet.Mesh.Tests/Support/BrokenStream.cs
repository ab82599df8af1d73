namespace VampNet.Mesh.Tests.Support;

/// <summary>Half of some bytes, then a failing disk.</summary>
internal sealed class BrokenStream(byte[] bytes) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Position < Length / 2 ? base.ReadAsync(buffer, cancellationToken) : throw new IOException("the disk is on fire");
}
