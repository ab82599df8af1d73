using VampNet.Core;
using VampNet.Model.Codec;
using VampNet.Model.Packages;
using VampNet.Training.Data;
using VampNet.Training.Runs;

namespace VampNet.Training;

/// <summary>What every training run needs to know.</summary>
/// <param name="Music">folder of audio files</param>
/// <param name="Cache">folder for prepared audio and tokens</param>
/// <param name="HeldOut">tracks kept out of training, relative to <paramref name="Music"/>; null = one in twenty</param>
/// <param name="Run">folder of checkpoints and log; an unfinished run there goes on</param>
/// <param name="Device"><c>cpu</c> or <c>cuda:0</c></param>
public sealed record TrainingSetup(string Music, string Cache, IReadOnlyCollection<string>? HeldOut, string Run, string Device)
{
    /// <summary>How many times more each training track is taken, each time at another pitch, tempo and loudness.</summary>
    public int Variations { get; init; }

    /// <summary>Generators: a file of <see cref="TokenLibrary.Save"/> to train on instead of music.</summary>
    public string? Tokens { get; init; }

    /// <summary>Called with every line of progress.</summary>
    public Action<string> Report { get; init; } = _ => { };

    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal MusicLibrary OpenMusic(int sampleRate, CancellationToken cancellationToken) =>
        MusicLibrary.Open(Music, Cache, HeldOut, sampleRate, Report, Variations, cancellationToken);

    /// <summary>The music as tokens of a package's codec.</summary>
    internal TokenLibrary OpenTokens(ModelPackage package, TokenCodec codec, CancellationToken cancellationToken)
    {
        var sha256 = package.Sha256(PartNames.Codec);
        if (Tokens is not null)
            return TokenLibrary.Load(Tokens, sha256);
        using var music = OpenMusic(codec.SampleRate, cancellationToken);
        return TokenLibrary.Encode(music, codec, sha256, Cache, Report, cancellationToken);
    }

    internal TrainingLog OpenLog() => new(Run, Report, Time);
}
