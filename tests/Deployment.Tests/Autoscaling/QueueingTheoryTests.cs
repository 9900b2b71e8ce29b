using Benchmarks.Autoscaling;

namespace Deployment.Tests.Autoscaling;

/// <summary>The simulation beside closed forms. Two million requests bring the mean wait within 3 % of its value at the loads used here.</summary>
public sealed class QueueingTheoryTests
{
    private const double Tolerance = 0.03;
    private const double ServiceRate = 10;
    private const int Requests = 2_000_000;

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(1, 0.8)]
    [InlineData(2, 0.7)]
    [InlineData(4, 0.85)]
    [InlineData(8, 0.9)]
    public void Wait_OfMMc_IsErlangs(int servers, double use)
    {
        var arrivals = use * servers * ServiceRate;

        var result = Run(servers, arrivals, random => Draws.Exponential(random, 1 / ServiceRate));

        Near(QueueFormulas.MeanWait(servers, arrivals, ServiceRate), result.MeanWait);
        Assert.Equal(0, result.Refused);
    }

    /// <summary>The time from arrival to answer is exponential there.</summary>
    [Fact]
    public void Latency_OfMM1_HasTheExponentialsQuantiles()
    {
        var arrivals = 0.7 * ServiceRate;

        var result = Run(1, arrivals, random => Draws.Exponential(random, 1 / ServiceRate));

        Near(Math.Log(2) / (ServiceRate - arrivals), result.P50);
        Near(Math.Log(100) / (ServiceRate - arrivals), result.P99);
    }

    /// <summary>Pollaczek and Khinchine: the wait grows with 1 + the squared variation of the service time.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.54)]
    [InlineData(1.5)]
    public void Wait_OfMG1_GrowsWithTheVariationOfServiceTimes(double variation)
    {
        const double use = 0.7;

        var result = Run(1, use * ServiceRate, random => variation == 0 ? 1 / ServiceRate : Draws.LogNormal(random, 1 / ServiceRate, variation));

        Near(use / (1 - use) * (1 + (variation * variation)) / 2 / ServiceRate, result.MeanWait);
    }

    [Theory]
    [InlineData(1, 4, 0.9)]
    [InlineData(2, 0, 0.8)]
    [InlineData(4, 8, 1.5)]
    public void Refusals_OfABoundedQueue_AreThoseOfMMcK(int servers, int queue, double use)
    {
        var result = Run(servers, use * servers * ServiceRate, random => Draws.Exponential(random, 1 / ServiceRate), queue);

        Near(QueueFormulas.RefusedShare(servers, queue, use * servers), result.RefusedShare);
    }

    /// <summary>Choosing the less busy of two is better than splitting the traffic blindly and cannot be better than one queue for all.</summary>
    [Fact]
    public void Wait_OfSeveralReplicas_LiesBetweenOneQueueAndSeparateOnes()
    {
        const int replicas = 4;
        const double use = 0.8;

        var result = Run(1, use * replicas * ServiceRate, random => Draws.Exponential(random, 1 / ServiceRate), replicas: replicas);

        Assert.InRange(result.MeanWait, QueueFormulas.MeanWait(replicas, use * replicas * ServiceRate, ServiceRate), 0.6 * QueueFormulas.MeanWait(1, use * ServiceRate, ServiceRate));
    }

    private static SimulationResult Run(int servers, double arrivals, Func<Random, double> service, int queue = int.MaxValue, int replicas = 1)
    {
        var profile = new ReplicaProfile("theory", servers, service, 1 / ServiceRate, queue, StartTime: 0);
        var traffic = new TrafficTrace("steady", 10, [.. Enumerable.Repeat(arrivals * 10, (int)(Requests / arrivals / 10))], IsExact: false);
        return new Simulation(profile, new FixedReplicas(replicas), traffic, new() { WarmUp = 1000 }).Run();
    }

    private static void Near(double expected, double measured) => Assert.InRange(measured, expected * (1 - Tolerance), expected * (1 + Tolerance));
}
