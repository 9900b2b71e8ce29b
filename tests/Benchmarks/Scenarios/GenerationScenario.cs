using Benchmarks.Models;
using Benchmarks.Report;
using ModelServer.Tokenization.Files;

namespace Benchmarks.Scenarios;

/// <summary>The table of text generation.</summary>
internal sealed class GenerationScenario(ScenarioInputs inputs) : IScenario
{
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var options = inputs.Options;
        var report = new GenerationReport(options, RunFacts.Capture(options));
        var loads = new GenerationLoads(TokenizerLoader.Load(DecoderStore.Shipped), inputs.Sentences.Texts);
        await new GenerationTable(options, report, loads).RunAsync(DecoderStore.Prepare(options.Models, options.Precisions), cancellation);
        report.Write(Console.Out);
        Console.Error.WriteLine($"JSON: {options.Out}");
        return 0;
    }
}
