using Benchmarks.Autoscaling;
using Testing;

namespace Deployment.Tests.Autoscaling;

public sealed class TrafficTraceTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Recording_IsReadAndPlayedBackToTheRequest()
    {
        File.WriteAllText(_file, "# comment\nseconds,requests\n0,3\n10,0\n20,5\n");

        var trace = TrafficTrace.Read(_file);
        double[] arrivals = [.. trace.Arrivals(new(1))];

        Assert.Equal((10, 30, 0.5), (trace.Interval, trace.Duration, trace.PeakRate));
        Assert.Equal((3, 0, 5), (arrivals.Count(t => t < 10), arrivals.Count(t => t is >= 10 and < 20), arrivals.Count(t => t is >= 20 and < 30)));
        Assert.Equal(arrivals.Order(), arrivals);
    }

    [Theory]
    [InlineData("", "must begin with the line")]
    [InlineData("seconds,requests\n0,1\n", "two intervals")]
    [InlineData("time,count\n0,1\n10,2\n", "must begin with the line")]
    [InlineData("seconds,requests\n0,1\n10,-2\n", "line 3")]
    [InlineData("seconds,requests\n0,1\n10,2\n25,3\n", "line 4")]
    [InlineData("seconds,requests\n10,1\n0,3\n", "must grow")]
    [InlineData("seconds,requests\n0,1\nten,3\n", "line 3")]
    public void Recording_ThatIsNone_IsRefusedWithItsLine(string text, string reason)
    {
        File.WriteAllText(_file, text);

        Assert.Contains(reason, Assert.Throws<FormatException>(() => TrafficTrace.Read(_file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ShippedTrace_CanBeReadAndScaled()
    {
        var trace = TrafficTrace.Read(Path.Combine(RepositoryPaths.Root, "tests", "Benchmarks", "Autoscaling", "traces", "office-day.csv"));

        Assert.Equal(7200, trace.Duration);
        Assert.Equal(60, trace.WithPeak(60).PeakRate, tolerance: 0.1);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(30)]
    [InlineData(2000)]
    public void Poisson_HasItsMeanAndVariance(double mean)
    {
        var random = new Random(1);
        double[] draws = [.. Enumerable.Range(0, 20_000).Select(_ => (double)Draws.Poisson(random, mean))];

        var average = draws.Average();
        Assert.Equal(1, average / mean, tolerance: 0.03);
        Assert.Equal(1, draws.Average(d => (d - average) * (d - average)) / mean, tolerance: 0.05);
    }
}
