using System.Text;

namespace VampNet.Evaluation.Reports;

/// <summary>What the paper's figures show, beside the pictures of the same experiments here.</summary>
internal static class PaperFigures
{
    private static readonly (string Title, string Experiment, string Shows)[] s_figures =
    [
        ("Figure 3: sampling steps", "steps",
            "Mel error and FAD over 1, 4, 8, 12, 36, 64 and 72 steps, every 16th frame kept. FAD is lowest at 36 steps and about as low at "
            + "12. With 24 steps 10 s of music take about 6 s on an NVIDIA RTX 3090; an autoregressive model would take 574 steps and "
            + "about a minute. (The caption speaks of 50 bit/s; every 16th frame of 14 codebooks is 502.)"),
        ("Figure 4: prompts", "prompts",
            "Mel error and FAD of 2,000 examples of 10 s under each prompt: one codebook; every 8th, 16th and 32nd frame; 75 ms from each "
            + "beat on (about 4 frames); 1 s and 2 s at either end (57 and 114 frames); and of the codec, coarse-to-fine alone, and noisy "
            + "tokens. Noise has about the mel error of the prompts and by far the worst FAD; beats have the lowest FAD of the prompts; "
            + "every 16th frame (35 frames) is on a par with 1 s of inpainting."),
        ("Figure 5: bitrates", "bitrates",
            "Mel error and FAD over the bitrate, with noisy tokens as the baseline. From about 600 bit/s on both are low; at 200 bit/s and "
            + "below the mel error is that of noise, and FAD still far below noise's."),
    ];

    /// <summary>Whether the experiment's pictures are among these.</summary>
    public static bool Shows(Experiment experiment) => s_figures.Any(figure => figure.Experiment == experiment.Name);

    /// <param name="pictures">by the experiment's name, as Markdown; what is not there is left out</param>
    public static void Write(StringBuilder text, IReadOnlyDictionary<string, string> pictures)
    {
        var shown = s_figures.Where(figure => pictures.ContainsKey(figure.Experiment)).ToList();
        if (shown.Count == 0)
            return;
        text.AppendLine().AppendLine("## The paper's figures beside ours").AppendLine()
            .AppendLine(
                "[VampNet](https://arxiv.org/abs/2307.04686) (García et al. 2023) prints its three figures as plots, without their values: "
                    + "in our words what they show, with the numbers of the paper's text, and below it the same experiment here. Its "
                    + "models are larger, its music is another, and its distance a FAD: compare shapes, not values.");
        foreach (var (title, experiment, shows) in shown)
            text.AppendLine().AppendLine($"### {title}").AppendLine().AppendLine($"In the paper: {shows}").AppendLine()
                .AppendLine("Here:").AppendLine().Append(pictures[experiment]);
    }
}
