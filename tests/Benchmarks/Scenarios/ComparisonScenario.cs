using Benchmarks.Report;

namespace Benchmarks.Scenarios;

/// <summary>The table of all systems, and the tokenizers' speeds.</summary>
internal sealed class ComparisonScenario(ScenarioInputs inputs) : IScenario
{
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var options = inputs.Options;
        var report = new BenchmarkReport { Run = RunFacts.Capture(options), Options = options };
        if (options.Only.Contains("tokenizer")) TokenizerSpeed.Run(options, report);
        if (options.Only is not ["tokenizer"]) await new ComparisonTable(options, report, inputs.Variants, inputs.Corpora).RunAsync(cancellation);
        report.Write(Console.Out);
        report.Save();
        Console.Error.WriteLine($"JSON: {options.Out}");
        return 0;
    }
}
