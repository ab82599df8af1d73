namespace VampNet.Testing;

/// <summary>Log-probabilities of the golden codes, from the reference's logits.</summary>
public static class GoldenScores
{
    /// <summary>codebooks × frames values of item 0, codebook-major: of what the golden mask hides, 0 elsewhere.</summary>
    /// <param name="name">coarse or c2f</param>
    public static float[] Of(string name)
    {
        var (codes, mask, logits) = (Goldens.Array(name + "_codes"), Goldens.Array(name + "_mask").Flags, Goldens.Array(name + "_logits"));
        var (codebooks, frames) = (codes.Shape[1], codes.Shape[2]);
        var (vocabulary, positions) = (logits.Shape[1], logits.Shape[2]); // (batch, vocabulary, frames · predicted codebooks)
        var predicted = positions / frames;
        var scores = new float[codebooks * frames];
        for (var i = (codebooks - predicted) * frames; i < scores.Length; i++)
        {
            if (!mask[i])
                continue;
            var position = i % frames * predicted + i / frames - (codebooks - predicted);
            var column = Enumerable.Range(0, vocabulary).Select(code => (double)logits.Floats[code * positions + position]).ToArray();
            scores[i] = (float)(column[codes.Longs[i]] - Math.Log(column.Sum(Math.Exp)));
        }
        return scores;
    }
}
