using Microsoft.Extensions.Logging.Abstractions;
using VampNet.Gateway.Replicas;
using VampNet.Services.Hosting.Admission;
using VampNet.Services.Inference.Scheduling;
using VampNet.Simulation.Costs;
using VampNet.Simulation.Engine;
using VampNet.Simulation.Mesh;

namespace VampNet.Simulation.Scenarios;

/// <summary>Jobs of one step, one at a time on each replica: the scheduler as a plain queue, of which theory knows all.</summary>
internal static class Queue
{
    private const int MeanFrames = 1_000; // of a job, one second of the device

    private static readonly CostCurves s_costs =
        CostCurves.Parse(["operation,frames,batch,wall_ms,processor_ms", "job,1,1,1,1", "job,2,1,2,2"]);

    /// <param name="load">of the replicas, below 1</param>
    /// <param name="isFixed">all jobs last equally long; otherwise exponentially</param>
    /// <param name="cores">that all replicas share; null = each has its own</param>
    /// <returns>mean time from arrival to end, in mean times of a job</returns>
    public static double MeanTime(int replicas, double load, bool isFixed, int jobs, int seed, int? cores = null)
    {
        var mean = 0.0;
        VirtualTime.Run(async time =>
        {
            var random = new Random(seed);
            using var stage = new SimulatedStage("job", s_costs, new SchedulingOptions { MaxBatch = 1 }, time, random, Shared(time));
            for (var i = 0; i < replicas; i++)
                stage.Start(delay: 0);
            using var set = new ReplicaSet("job", new ReplicaOptions(), random, time, NullLoggerFactory.Instance);
            set.Update(stage.Named.Select(replica => replica.Address));
            var ends = new List<Task<double>>();
            foreach (var at in ArrivalRate.Constant(load * replicas).Draw(random, double.PositiveInfinity).Take(jobs))
            {
                await time.Delay(at - time.Now);
                ends.Add(RunAsync(isFixed ? MeanFrames : 1 + (int)(-Math.Log(1 - random.NextDouble()) * MeanFrames)));
            }
            mean = (await Task.WhenAll(ends)).Average();

            async Task<double> RunAsync(int frames)
            {
                var from = time.Now;
                using var work = set.Take(new HashSet<Replica>(), steps: 1)!;
                await stage.Of(work.Replica.Address).ServeAsync(
                    new StageRequest("job", [frames], 1, SharesSteps: false), new Tenant("", ""), DateTime.MaxValue, () => { },
                    CancellationToken.None);
                return time.Now - from;
            }

            SimulatedProcessor? Shared(VirtualTime time) => cores is { } count ? new SimulatedProcessor(time, count) : null;
        });
        return mean;
    }
}
