using VampNet.Core.Tokens;

namespace VampNet.Core.Sampling;

/// <summary>Progress of one generation.</summary>
/// <param name="Step">The steps that are done, 1 to <paramref name="Steps"/>.</param>
/// <param name="Steps">The steps in all.</param>
/// <param name="Hidden">The number of tokens that are still hidden after this step.</param>
public readonly record struct SamplingProgress(int Step, int Steps, int Hidden);

/// <summary>
/// One request on its way through its windows, a step at a time: whoever drives it advances <see cref="Current"/> by a
/// step, alone or among others, and then calls <see cref="Stepped"/>. Needs no network.
/// </summary>
public sealed class TokenGeneration
{
    private readonly SamplingOptions _options;
    private readonly int _conditioning;
    private readonly ulong _seed;
    private readonly IReadOnlyList<Window> _plan;
    private readonly int _frames;
    private TokenGrid _tokens;
    private int _window = -1;

    /// <param name="tokens">The tokens, (codebooks, frames), with MASK where one is to be found.</param>
    /// <param name="conditioningCodebooks">How many leading codebooks are never predicted, at least 0.</param>
    /// <param name="windowFrames">How many frames the model sees at once at most; at least 1.</param>
    /// <param name="options">How the tokens of every window are found.</param>
    /// <param name="seed">The seed of the pass; <see cref="Seeds.OfWindow"/> derives that of each window.</param>
    public TokenGeneration(TokenGrid tokens, int conditioningCodebooks, int windowFrames, SamplingOptions options, ulong seed)
    {
        HiddenAtStart = tokens.Data.Count(TokenGrid.Mask);
        (_frames, _options, _conditioning, _seed) = (tokens.Frames, options, conditioningCodebooks, seed);
        if (options.Mode == SamplingMode.Upstream)
        {
            // The reference's windows know nothing of each other, and the fine model's last one is padded.
            _tokens = conditioningCodebooks > 0 ? SeparateWindows.Pad(tokens, windowFrames, conditioningCodebooks) : tokens;
            _plan = SeparateWindows.Plan(_tokens.Frames, windowFrames);
        }
        else
        {
            _tokens = tokens;
            _plan = WindowPlan.Create(tokens.HiddenFrames(conditioningCodebooks), windowFrames);
        }
        NextWindow();
    }

    /// <summary>Tokens to find.</summary>
    public long HiddenAtStart { get; }

    /// <summary>What is to be advanced by a step next; null = the generation is done.</summary>
    public DecodingState? Current { get; private set; }

    /// <summary>The tokens so far: the result, once the generation is done.</summary>
    public TokenGrid Tokens => _tokens.Frames == _frames ? _tokens : _tokens.SliceFrames(0, _frames);

    /// <summary>Steps in all windows together; a window with few tokens to find may take fewer.</summary>
    public int Steps => _plan.Count * _options.Steps;

    /// <summary>Steps that are left at most.</summary>
    public int StepsLeft => Current is null ? 0 : _options.Steps - Current.Step + (_plan.Count - _window - 1) * _options.Steps;

    /// <summary>Work that is left at most, in frames times steps.</summary>
    public long FrameStepsLeft => Current is null
        ? 0
        : (long)Current.Frames * (_options.Steps - Current.Step) + _plan.Skip(_window + 1)
        .Sum(window => (long)window.Length * _options.Steps);

    /// <summary>Notes that <see cref="Current"/> has made a step, and goes on to the next window where that was its last.</summary>
    public SamplingProgress Stepped()
    {
        var state = Current ?? throw new InvalidOperationException("the generation is done");
        var progress = new SamplingProgress(_window * _options.Steps + state.Step, Steps, state.HiddenPositions().Length);
        if (state.Done)
        {
            _tokens = _tokens.WithFrames(_plan[_window].Start, state.Tokens);
            NextWindow();
        }
        return progress;
    }

    private void NextWindow()
    {
        for (Current = null; Current is null && ++_window < _plan.Count;)
        {
            var window = _plan[_window];
            var state = new DecodingState(
                _tokens.SliceFrames(window.Start, window.Length), _conditioning, _options, Seeds.OfWindow(_seed, _window));
            Current = state.Done ? null : state;
        }
    }
}
