using VampNet.Simulation.Costs;

namespace VampNet.Simulation.Tests;

public class CostCurvesTests
{
    private const string Header = "operation,frames,batch,wall_ms,processor_ms";

    private static readonly CostCurves s_costs = CostCurves.Parse(
        [Header, "coarse,100,1,10,20", "coarse,200,1,30,40", "coarse,100,4,24,60", "coarse,200,4,80,100"]);

    [Fact]
    public void Between_what_was_measured_costs_are_interpolated_and_beyond_they_go_on()
    {
        Assert.Equal(0.010, s_costs.Wall("coarse", 100), 9);
        Assert.Equal(0.020, s_costs.Wall("coarse", 150), 9);
        Assert.Equal(0.050, s_costs.Wall("coarse", 300), 9);
        Assert.Equal(0.030, s_costs.Processor("coarse", 150), 9);
        Assert.True(s_costs.Wall("coarse", 1) > 0);
    }

    [Fact]
    public void A_batch_costs_what_the_largest_measured_one_that_is_no_larger_does_a_sequence()
    {
        Assert.Equal(3 * 0.010, s_costs.Wall("coarse", 100, 100, 100), 9);
        Assert.Equal(0.024, s_costs.Wall("coarse", 100, 100, 100, 100), 9);
        Assert.Equal(5 * 0.006, s_costs.Wall("coarse", 100, 100, 100, 100, 100), 9);
        Assert.Equal((3 * 0.006) + 0.020, s_costs.Wall("coarse", 100, 100, 100, 200), 9);
    }

    [Fact]
    public void A_device_that_is_twice_as_fast_takes_half_the_time() =>
        Assert.Equal(0.010, s_costs.Faster(operation => operation == "coarse" ? 2 : 1).Wall("coarse", 150), 9);

    [Fact]
    public void What_was_not_measured_is_an_error() => Assert.Throws<ArgumentException>(() => s_costs.Wall("fine", 100));

    [Theory]
    [InlineData("operation,frames,batch,wall_ms", "coarse,100,1,10", "line 1")]
    [InlineData(Header, "coarse,100,1,10", "line 2")]
    [InlineData(Header, "coarse,100,1,10,20,30", "line 2")]
    [InlineData(Header, ",100,1,10,20", "line 2")]
    [InlineData(Header, "coarse,-100,1,10,20", "line 2")]
    [InlineData(Header, "coarse,1e2,1,10,20", "line 2")]
    [InlineData(Header, "coarse,100,0,10,20", "line 2")]
    [InlineData(Header, "coarse,100,1,0,20", "line 2")]
    [InlineData(Header, "coarse,100,1,NaN,20", "line 2")]
    [InlineData(Header, "coarse,100,1,\"10\",20", "line 2")]
    [InlineData(Header, "", "line 2")]
    [InlineData(Header, "coarse,100,1,10,20", "at least two lengths")]
    [InlineData(Header, "coarse,100,2,10,20", "no line for batch 1")]
    public void A_file_that_is_not_as_it_should_be_is_refused_with_its_line(string header, string line, string reason) =>
        Assert.Contains(
            reason, Assert.Throws<FormatException>(() => CostCurves.Parse([header, line])).Message, StringComparison.Ordinal);

    [Fact]
    public void A_line_that_is_there_twice_is_refused() => Assert.Contains(
        "line 4: coarse of 100 frames in a batch of 1 is there twice", Assert.Throws<FormatException>(
            () => CostCurves.Parse([Header, "coarse,100,1,10,20", "coarse,200,1,10,20", "coarse,100,1,10,20"])).Message,
        StringComparison.Ordinal);

    /// <summary>What docs/capacity.md goes by.</summary>
    [Fact]
    public void The_measured_table_can_be_read()
    {
        var costs = CostCurves.Read(Path.Combine(Testing.Repository.Root, "benchmarks/Simulation/Measured/costs.csv"));
        Assert.All(["encode", "decode", "coarse", "fine", "request"], operation => Assert.True(costs.Wall(operation, 575) > 0));
    }
}
