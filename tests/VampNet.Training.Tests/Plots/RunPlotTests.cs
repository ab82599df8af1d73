using VampNet.Testing;
using VampNet.Training.Plots;
using VampNet.Training.Runs;
using Xunit;

namespace VampNet.Training.Tests.Plots;

public sealed class RunPlotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_figure_is_drawn_and_the_last_word_on_a_step_counts()
    {
        var log = new TrainingLog(_folder.Path, _ => { }, TimeProvider.System);
        log.Start(0, 100, 12);
        log.Write("train", 0, [("loss", 3), ("norm", double.NaN)]);
        log.Write("train", 20, [("loss", 2), ("norm", 1)]);
        log.Write("validation", 20, [("loss@0.3", 5), ("loss@0.9", 6), ("top1@0.3", 0.5)]);
        log.Write("train", 20, [("loss", 1), ("norm", 1)]); // done again after a stop
        var charts = RunPlot.Draw([_folder.Path]);
        Assert.Equal(["loss (train)", "norm (train)", "loss (validation)", "top1 (validation)"], charts.Select(c => c.Title));
        Assert.Equal([new(0, 3), new CurvePoint(20, 1)], Assert.Single(charts[0].Curves).Points);
        Assert.Equal([new CurvePoint(20, 1)], Assert.Single(charts[1].Curves).Points); // what is no number is not drawn
        Assert.Equal(["loss@0.3", "loss@0.9"], charts[2].Curves.Select(c => c.Name));
    }

    [Fact]
    public void A_line_that_a_crash_cut_short_costs_itself_only()
    {
        var log = new TrainingLog(_folder.Path, _ => { }, TimeProvider.System);
        log.Write("train", 0, [("loss", 3)]);
        File.AppendAllText(Path.Combine(_folder.Path, "log.jsonl"), "{\"kind\":\"train\",\"st");
        log.Start(0, 100, 12);
        log.Write("train", 20, [("loss", 2)]);
        Assert.Equal([new(0, 3), new CurvePoint(20, 2)], Assert.Single(Assert.Single(RunPlot.Draw([_folder.Path])).Curves).Points);
    }

    [Fact]
    public void What_is_no_run_is_named()
    {
        Assert.Contains("no log.jsonl", Assert.Throws<InvalidDataException>(() => RunPlot.Draw([_folder.Path])).Message);
        File.WriteAllText(Path.Combine(_folder.Path, "log.jsonl"), "");
        Assert.Contains("nothing to draw", Assert.Throws<InvalidDataException>(() => RunPlot.Draw([_folder.Path])).Message);
    }
}
