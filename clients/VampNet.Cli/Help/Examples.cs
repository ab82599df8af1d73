using System.CommandLine;

namespace VampNet.Cli.Help;

/// <summary>Three examples for each verb, and what they do.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, (string Line, string Says)[]> s_all = new()
    {
        ["vampnet"] =
        [
            ("vampnet vamp song.mp3 -o out.wav", "A variation of a song: every 7th frame of it stays."),
            ("vampnet continue song.mp3 --seconds 8 -o longer.wav", "The song, and eight seconds more."),
            ("vampnet doctor", "Whether everything that is needed is there."),
        ],
        ["vampnet vamp"] =
        [
            ("vampnet vamp song.mp3 -o out.wav --preset medium-variation --seed 7", "One of the model's presets; the seed makes it again."),
            ("vampnet vamp song.mp3 -o out.wav --prompt '(beats | every 16) & codebooks 2'",
                "What surrounds the beats and every 16th frame, of two codebooks."),
            ("vampnet vamp songs --output-dir out --format flac -n 3",
                "Three variations of all music in a folder; what is there is skipped."),
        ],
        ["vampnet inpaint"] =
        [
            ("vampnet inpaint song.mp3 --from 4 --to 6 -o out.wav", "Two seconds anew, the rest as it is."),
            ("vampnet inpaint song.mp3 --from 4 --to 6 --from 9 --to 10 -o out.wav", "Two stretches."),
            ("vampnet inpaint song.mp3 --from 4 --to 6 -o out.wav -n 4", "Four takes to choose from: out-1.wav ... out-4.wav."),
        ],
        ["vampnet continue"] =
        [
            ("vampnet continue song.mp3 --seconds 8 -o out.wav", "Eight seconds after the end."),
            ("vampnet continue song.mp3 --before 4 -o out.wav", "Four seconds that lead up to the beginning."),
            ("vampnet continue song.mp3 -s 8 -o - | aplay", "Played at once, written nowhere."),
        ],
        ["vampnet loop"] =
        [
            ("vampnet loop phrase.wav -o out.wav", "A phrase four times, each time varied."),
            ("vampnet loop phrase.wav --times 8 --preset loop -o out.wav", "Eight times, by the preset for loops."),
            ("vampnet loop song.mp3 --snap-to-beats -o out.wav", "From the first beat to the last, so that the turns join."),
        ],
        ["vampnet live"] =
        [
            ("vampnet live --input loop.wav --rounds 8 -o out.wav", "A loop that changes from round to round, in real time."),
            ("vampnet live --input loop.wav --preset loop --gateway http://host:5100", "By a server."),
            ("vampnet live --osc 8001", "Whatever a looper in Max, Pure Data or SuperCollider sends (docs/live.md)."),
        ],
        ["vampnet preview"] =
        [
            ("vampnet preview song.mp3", "The mask of the default prompt."),
            ("vampnet preview song.mp3 --beats --codebooks 3", "What surrounds the beats, of three codebooks."),
            ("vampnet preview song.mp3 --preset large-variation --json", "The mask for a program."),
        ],
        ["vampnet compress"] =
        [
            ("vampnet compress song.mp3 -o song.vamp", "What the default prompt keeps, in a small file."),
            ("vampnet compress song.mp3 -o song.vamp --bitrate 400", "What 400 bits a second pay for."),
            ("vampnet compress songs --output-dir small --codebooks 2", "All music in a folder."),
        ],
        ["vampnet expand"] =
        [
            ("vampnet expand song.vamp -o song.wav", "Music again."),
            ("vampnet expand song.vamp -o song.flac --match-source", "At the rate and of the length of the source."),
            ("vampnet expand small --output-dir music --format mp3", "All files of a folder."),
        ],
        ["vampnet encode"] =
        [
            ("vampnet encode song.mp3 -o song.tokens", "The tokens of a song."),
            ("vampnet encode song.mp3 -o song.tokens --pitch -2", "Two semitones lower before."),
            ("vampnet encode 'songs/*.mp3' --output-dir tokens", "Many songs."),
        ],
        ["vampnet decode"] =
        [
            ("vampnet decode song.tokens -o song.wav", "Sound again."),
            ("vampnet decode song.tokens -o song.wav --bits 24", "With 24 bits."),
            ("vampnet decode tokens --output-dir music", "All files of a folder."),
        ],
        ["vampnet beats"] =
        [
            ("vampnet beats song.mp3", "Tempo and beats as text."),
            ("vampnet beats songs --json", "All music in a folder, for a program: a line for each file."),
            ("vampnet beats songs --output-dir beats", "A file for each: beats/a.json, beats/b.json ..."),
        ],
        ["vampnet models"] =
        [
            ("vampnet models", "The model that comes along, and its fine-tunings."),
            ("vampnet models --model weights/vampnet-mini", "Those of a package."),
            ("vampnet models --gateway http://localhost:5100", "Those that a gateway serves."),
        ],
        ["vampnet embed"] =
        [
            ("vampnet embed song.mp3 -o song.npy", "The last layer of the coarse model."),
            ("vampnet embed song.mp3 -o song.npy --layer 2", "The second layer."),
            ("vampnet embed songs --output-dir vectors --stage fine", "Of the fine model, for all music in a folder."),
        ],
        ["vampnet score"] =
        [
            ("vampnet score song.mp3", "How well half of the tokens are predicted from the others."),
            ("vampnet score song.mp3 --random 0.9 --stage coarse", "One in ten is given."),
            ("vampnet score song.mp3 -o scores.npy", "Every log-probability."),
        ],
        ["vampnet serve"] =
        [
            ("vampnet serve --all", "The whole mesh, on http://127.0.0.1:5100."),
            ("vampnet serve codec --urls http://0.0.0.0:5101", "One stage, for others to reach."),
            ("vampnet serve --all --set Limits:MaxSeconds=600", "With another limit."),
        ],
        ["vampnet load"] =
        [
            ("vampnet load --stage coarse --duration 10", "One caller for ten seconds."),
            ("vampnet load --stage gateway --rate 2 --gateway http://localhost:5100", "Two calls a second, by a gateway."),
            ("vampnet load --stage codec --find-saturation", "How much it can take."),
        ],
        ["vampnet doctor"] =
        [
            ("vampnet doctor", "This machine."),
            ("vampnet doctor --gateway http://localhost:5100", "And a mesh."),
            ("vampnet doctor --json", "For a program."),
        ],
        ["vampnet convert"] =
        [
            ("vampnet convert models -o package --name vampnet --licence CC-BY-NC-SA-4.0", "Checkpoints of the public VampNet."),
            ("vampnet convert models -o package --name v --licence MIT --lora jazz=loras/jazz", "With a fine-tuning."),
            ("vampnet convert coarse.pth -o coarse.safetensors", "One file."),
        ],
        ["vampnet package"] =
        [
            ("vampnet package out --name mine --licence MIT --codec runs/codec", "A package of one part."),
            ("vampnet package out --name mine --licence MIT --codec runs/codec --coarse runs/coarse --fine runs/fine", "A whole one."),
            ("vampnet package out --name mine --licence MIT --beats runs/beats --weights-version 2.0", "With a version of its own."),
        ],
        ["vampnet train"] =
        [
            ("vampnet train codec --run runs/codec --music music", "A codec first."),
            ("vampnet train coarse --run runs/coarse --codec package --music music", "Then a generator on its tokens."),
            ("vampnet train plot runs/codec", "The curves of a run."),
        ],
        ["vampnet finetune"] =
        [
            ("vampnet finetune songs --name jazz", "Into the package that comes along."),
            ("vampnet finetune songs --name jazz -o package", "Into a copy of it."),
            ("vampnet finetune songs --name jazz --steps 200 --threads 4", "Shorter."),
        ],
        ["vampnet eval"] =
        [
            ("vampnet eval prompts -o report --held-out list.txt", "Prompts against each other."),
            ("vampnet eval all -o report --held-out list.txt --excerpts 12", "Every experiment."),
            ("vampnet eval steps -o report --held-out list.txt --gateway http://localhost:5100", "The models of a mesh."),
        ],
        ["vampnet completion"] =
        [
            ("eval \"$(vampnet completion bash)\"", "In this shell; in ~/.bashrc for every one."),
            ("vampnet completion zsh > ~/.zfunc/_vampnet", "With fpath+=~/.zfunc before compinit in ~/.zshrc."),
            ("vampnet completion fish > ~/.config/fish/completions/vampnet.fish", "For fish."),
        ],
    };

    /// <summary>Those of a command, or of the one that it belongs to.</summary>
    public static IReadOnlyList<(string Line, string Says)> Of(Command command) =>
        s_all.TryGetValue(HelpPage.Path(command), out var own) ? own
        : command.Parents.OfType<Command>().FirstOrDefault() is { } parent and not RootCommand ? Of(parent)
        : [];
}
