namespace Benchmarks.Scenarios;

/// <summary>One measurement of the platform, chosen on the command line; made for one run.</summary>
internal interface IScenario
{
    /// <returns>The exit code: 0, or 1 where what is measured missed what is promised.</returns>
    Task<int> RunAsync(CancellationToken cancellation);
}
