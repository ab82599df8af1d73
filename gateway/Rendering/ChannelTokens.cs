using System.Runtime.CompilerServices;
using VampNet.Gateway.Generation;
using VampNet.Protos.Tokens.V1;
using VampNet.Services.Hosting.Mapping;

namespace VampNet.Gateway.Rendering;

/// <summary>The tokens of a channel in blocks, as often as the codec has to hear them.</summary>
/// <param name="ready">called with each block before it goes to the codec, the first time only</param>
internal sealed class ChannelTokens(ITokenSource tokens, int frames, Func<TokenTensor, Task> ready) : IDisposable
{
    // About 2 s: what a client hears first comes soon, and messages stay few.
    private const int BlockFrames = 128;

    private readonly SemaphoreSlim _turn = new(1);
    private int _told; // frames

    /// <summary>From the start, those that are still in the making as they are ready.</summary>
    public async IAsyncEnumerable<TokenTensor> BlocksAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var at = 0; at < frames; at += BlockFrames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var block = (await tokens.ReadAsync(at, Math.Min(BlockFrames, frames - at))).ToProto();
            await TellAsync(at, block, cancellationToken);
            yield return block;
        }
    }

    public void Dispose() => _turn.Dispose();

    // A call that was given up may still be at its last block when the one in its place is there.
    private async Task TellAsync(int at, TokenTensor block, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (at < _told)
                return;
            await ready(block);
            _told = at + (int)block.Frames;
        }
        finally
        {
            _turn.Release();
        }
    }
}
