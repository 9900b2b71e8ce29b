using Benchmarks;
using Benchmarks.Corpus;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Scenarios;
using Benchmarks.Systems;
using ModelServer.Tokenization.Files;

if (args is ["serve", var kind, var port, .. var backend])
{
    await ProxyRivals.ServeAsync(kind, int.Parse(port), backend is [var address] ? int.Parse(address) : 0);
    return 0;
}

BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(BenchmarkOptions.Usage);
    return 2;
}

using var interrupted = new CancellationTokenSource();
using var signals = new StopSignals(interrupted.Cancel);

Directory.CreateDirectory(BenchmarkPaths.Cache);
if (options.Scenario == "limits")
{
    await new LimitsSoak(options).RunAsync(interrupted.Token);
    return 0;
}

var tokenizer = TokenizerLoader.Load(ModelStore.Shipped);
var sentences = TextCorpus.Sentences(tokenizer);
var mix = TextCorpus.LengthMix(tokenizer, sentences.Texts);
TextCorpus.WriteIds(ModelStore.IdsFile, sentences, mix);
TextCorpus[] corpora = [.. options.Loads.Select(l => l == "mix" ? mix : sentences)];
var variants = options.Scenario == "against" ? [] : ModelStore.Prepare(options.Models).Where(v => options.Precisions.Contains(v.Precision)).ToList();
var report = new BenchmarkReport { Options = options };

try
{
    switch (options.Scenario)
    {
        case "generate":
            await GenerationTable.RunAsync(options, sentences.Texts, interrupted.Token);
            break;
        case "overload":
            await new Overload(options, sentences).RunAsync(variants, interrupted.Token);
            break;
        case "fuzz":
            return await new Fuzz(options).RunAsync(variants[0], interrupted.Token);
        case "faults":
            return await FaultRun.RunAsync(sentences.Texts, interrupted.Token);
        case "drops":
            return await DroppedStreams.RunAsync(sentences.Texts, interrupted.Token);
        case "against":
            await new CheckoutComparison(options).RunAsync(sentences, interrupted.Token);
            break;
        case "leave":
            return await Departures.RunAsync(sentences.Texts, interrupted.Token);
        case "proxy":
            await new ProxyOverhead(options).RunAsync(interrupted.Token);
            break;
        case "cache":
            await CacheHits.RunAsync(variants[0], sentences, options, interrupted.Token);
            break;
        default:
            if (options.Only.Contains("tokenizer")) TokenizerSpeed.Run(options, report);
            if (options.Only is not ["tokenizer"]) await new ComparisonTable(options, report, variants, corpora).RunAsync(interrupted.Token);
            report.Write(Console.Out);
            report.Save();
            Console.Error.WriteLine($"JSON: {options.Out}");
            break;
    }

    return 0;
}
catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
{
    Console.Error.WriteLine("Interrupted.");
    return 130;
}
